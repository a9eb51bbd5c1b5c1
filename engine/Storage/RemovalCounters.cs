namespace NetMon.Storage;

/// <summary>What was removed to keep a capture directory within its bounds, since the start. Any thread.</summary>
public sealed class RemovalCounters
{
    private readonly long[] _files = new long[Enum.GetValues<RemovalReason>().Length];
    private readonly long[] _bytes = new long[Enum.GetValues<RemovalReason>().Length];

    /// <summary>Files that were removed for this reason.</summary>
    public long Files(RemovalReason reason) => Interlocked.Read(ref _files[(int)reason]);

    /// <summary>Their bytes.</summary>
    public long Bytes(RemovalReason reason) => Interlocked.Read(ref _bytes[(int)reason]);

    internal void Add(RemovalReason reason, long bytes)
    {
        Interlocked.Increment(ref _files[(int)reason]);
        Interlocked.Add(ref _bytes[(int)reason], bytes);
    }
}
