namespace NetMon.Storage;

/// <summary>Files removed since the start to keep the capture directory within its limits. Thread-safe.</summary>
public sealed class RemovalCounters
{
    private readonly long[] _files = new long[Enum.GetValues<RemovalReason>().Length];
    private readonly long[] _bytes = new long[Enum.GetValues<RemovalReason>().Length];

    /// <summary>Returns the number of files removed for a reason.</summary>
    public long Files(RemovalReason reason) => Interlocked.Read(ref _files[(int)reason]);

    /// <summary>Returns their size in bytes.</summary>
    public long Bytes(RemovalReason reason) => Interlocked.Read(ref _bytes[(int)reason]);

    internal void Add(RemovalReason reason, long bytes)
    {
        Interlocked.Increment(ref _files[(int)reason]);
        Interlocked.Add(ref _bytes[(int)reason], bytes);
    }
}
