using Microsoft.Win32.SafeHandles;

namespace NetMon.Fuzz;

/// <summary>An unnamed file in memory, for readers that take a file. Each use replaces its contents. Single-threaded.</summary>
internal sealed class ScratchFile
{
    private readonly SafeFileHandle _file = Create();
    private long _length;

    /// <summary>A handle of the file with these bytes, valid until the next use. The caller may dispose of it.</summary>
    public SafeFileHandle Open(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < _length)
        {
            RandomAccess.SetLength(_file, bytes.Length);
        }

        RandomAccess.Write(_file, bytes, 0);
        _length = bytes.Length;
        return new SafeFileHandle(_file.DangerousGetHandle(), ownsHandle: false);
    }

    private static SafeFileHandle Create()
    {
        var path = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"netmon-fuzz-{Guid.NewGuid():n}");
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(path);
        return file;
    }
}
