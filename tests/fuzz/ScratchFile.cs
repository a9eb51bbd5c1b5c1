using Microsoft.Win32.SafeHandles;

namespace NetMon.Fuzz;

/// <summary>A file in memory, for readers that take a file. Each use replaces its contents. Single-threaded.</summary>
internal sealed class ScratchFile
{
    private readonly string _path = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"netmon-fuzz-{Environment.ProcessId}-{Guid.NewGuid():n}");

    /// <summary>A handle of a file with these bytes; the caller disposes of it. The file has no name.</summary>
    public SafeFileHandle Open(ReadOnlySpan<byte> bytes)
    {
        var file = File.OpenHandle(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, bytes, 0);
        File.Delete(_path);
        return file;
    }
}
