using Microsoft.Win32.SafeHandles;

namespace NetMon.Storage.Hot;

/// <summary>A file in hot/ that is being appended to. One thread appends; <see cref="HotSync"/> syncs and closes it.</summary>
internal abstract class HotFile(CaptureDirectory capture, Hour hour, string path)
{
    private readonly int _renewals = capture.Renewals;
    private bool _isSuspect;

    /// <summary>Relative to the capture directory.</summary>
    public string Path { get; } = path;

    public Hour Hour { get; } = hour;

    public SafeFileHandle File { get; } = Make(capture, hour, path);

    /// <summary>Bytes of complete writes.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the file's directory entry is durable; for <see cref="HotSync"/> only.</summary>
    public bool IsNameDurable { get; set; }

    /// <summary>Whether a sync of the file has failed, so that written data may be missing. Set by <see cref="HotSync"/>; thread-safe.</summary>
    public bool IsSuspect
    {
        get => Volatile.Read(ref _isSuspect);
        set => Volatile.Write(ref _isSuspect, value);
    }

    /// <summary>Whether the file is in a directory that is no longer the capture directory.</summary>
    public bool IsElsewhere => _renewals != capture.Renewals;

    /// <summary>Closes the file for writing.</summary>
    public void Close() => File.Dispose();

    /// <summary>Appends all bytes, or has no effect.</summary>
    /// <exception cref="IOException">The write failed; the file's length is unchanged.</exception>
    protected void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(File, bytes, Length);
            Length += bytes.Length;
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            try
            {
                RandomAccess.SetLength(File, Length);
            }
            catch (Exception again) when (DiskFailure.Is(again))
            {
                // The remainder is not a complete message: readers stop there, and the next attempt overwrites it.
            }

            throw;
        }
    }

    private static SafeFileHandle Make(CaptureDirectory capture, Hour hour, string path)
    {
        capture.Root.MakeFolder(CapturePaths.HotFolder(hour));
        return capture.Root.Create(path, mayExist: false);
    }
}
