using Microsoft.Win32.SafeHandles;

namespace NetMon.Storage.Hot;

/// <summary>A file in hot/ that is being appended to. One thread appends; <see cref="HotSync"/> makes durable and closes.</summary>
internal abstract class HotFile(CaptureDirectory capture, Hour hour, string path)
{
    private readonly int _renewals = capture.Renewals;
    private bool _isSuspect;

    /// <summary>Relative to the capture directory.</summary>
    public string Path { get; } = path;

    public Hour Hour { get; } = hour;

    public SafeFileHandle File { get; } = Make(capture, hour, path);

    /// <summary>Bytes that were written as a whole.</summary>
    public long Length { get; private set; }

    /// <summary>Whether its name is durable; <see cref="HotSync"/>'s to use.</summary>
    public bool IsNameDurable { get; set; }

    /// <summary>Whether a sync of it has failed: what was written may not be there. <see cref="HotSync"/> sets it, for any thread.</summary>
    public bool IsSuspect
    {
        get => Volatile.Read(ref _isSuspect);
        set => Volatile.Write(ref _isSuspect, value);
    }

    /// <summary>Whether it is in a directory that is not the capture's any more.</summary>
    public bool IsElsewhere => _renewals != capture.Renewals;

    /// <summary>No more is written.</summary>
    public void Close() => File.Dispose();

    /// <summary>Appends all of it, or nothing that counts.</summary>
    /// <exception cref="IOException">The disk refused it; the file ends where it did.</exception>
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
                // What is left of it is nothing whole: readers stop there, and the next try writes over it.
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
