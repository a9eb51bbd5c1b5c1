using NetMon.Events;

namespace NetMon.Pipeline.Enrich;

/// <summary>How events were named. One thread writes, any thread may read.</summary>
public sealed class NamingCounters
{
    private long _inContainers;
    private long _named;
    private long _batchesHeld;
    private long _batchesOverdue;
    private long _batchesCrowdedOut;

    /// <summary>Events of processes in containers.</summary>
    public long InContainers => Volatile.Read(ref _inContainers);

    /// <summary>Events of processes in containers that were released with names.</summary>
    public long Named => Volatile.Read(ref _named);

    /// <summary>Batches that waited for a name.</summary>
    public long BatchesHeld => Volatile.Read(ref _batchesHeld);

    /// <summary>Held batches that were released because the maximum wait had passed.</summary>
    public long BatchesOverdue => Volatile.Read(ref _batchesOverdue);

    /// <summary>Held batches that were released early because too many were waiting.</summary>
    public long BatchesCrowdedOut => Volatile.Read(ref _batchesCrowdedOut);

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

    internal void CountHeld() => Volatile.Write(ref _batchesHeld, _batchesHeld + 1);

    internal void CountOverdue() => Volatile.Write(ref _batchesOverdue, _batchesOverdue + 1);

    internal void CountCrowdedOut() => Volatile.Write(ref _batchesCrowdedOut, _batchesCrowdedOut + 1);
}
