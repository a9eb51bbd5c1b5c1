using NetMon.Events;

namespace NetMon.Pipeline.Enrich;

/// <summary>How events were named. One thread writes, any thread may read.</summary>
public sealed class NamingCounters
{
    private long _inContainers;
    private long _named;
    private long _batchesDelayed;
    private long _batchesTimedOut;
    private long _batchesEvicted;

    /// <summary>Events of processes in containers.</summary>
    public long InContainers => Volatile.Read(ref _inContainers);

    /// <summary>Events of processes in containers that were released with names.</summary>
    public long Named => Volatile.Read(ref _named);

    /// <summary>Batches that waited for a name.</summary>
    public long BatchesDelayed => Volatile.Read(ref _batchesDelayed);

    /// <summary>Held batches that were released because the maximum wait had passed.</summary>
    public long BatchesTimedOut => Volatile.Read(ref _batchesTimedOut);

    /// <summary>Held batches that were released early because too many were waiting.</summary>
    public long BatchesEvicted => Volatile.Read(ref _batchesEvicted);

    /// <summary>How long each event waited for a name; most do not wait.</summary>
    public DurationHistogram Waits { get; } = new();

    /// <summary>Returns a quantile of the waits in microseconds, rounded up to a power of two.</summary>
    public long WaitMicroseconds(double share) => Waits.Quantile(share);

    internal void CountBatch(int events, int inContainers, int named, TimeSpan waited)
    {
        Volatile.Write(ref _inContainers, _inContainers + inContainers);
        Volatile.Write(ref _named, _named + named);
        Waits.Add(waited, events);
    }

    internal void CountDelayed() => Volatile.Write(ref _batchesDelayed, _batchesDelayed + 1);

    internal void CountTimedOut() => Volatile.Write(ref _batchesTimedOut, _batchesTimedOut + 1);

    internal void CountEvicted() => Volatile.Write(ref _batchesEvicted, _batchesEvicted + 1);
}
