using Microsoft.Win32.SafeHandles;

namespace NetMon.Fuzz;

/// <summary>A file in memory, for readers that take one. Each use replaces what was in it. One thread.</summary>
internal sealed class ScratchFile
{
    private readonly string _path = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"netmon-fuzz-{Environment.ProcessId}-{Guid.NewGuid():n}");

    /// <summary>A handle of a file with these bytes, to be disposed of by the caller; the file has no name any more.</summary>
    public SafeFileHandle Open(ReadOnlySpan<byte> bytes)
    {
        var file = File.OpenHandle(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, bytes, 0);
        File.Delete(_path);
        return file;
    }
}
