using NetMon.Capture;

namespace NetMon.Host;

/// <summary>Makes the file of --record.</summary>
internal static class RecordingFile
{
    /// <summary>A new file with the recording's magic in it, mode 0640; an old one of that name is replaced.</summary>
    public static FileStream Create(string path)
    {
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 1024 * 1024,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
        });
        file.Write(Recording.Magic);
        return file;
    }
}
