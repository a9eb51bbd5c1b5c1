namespace NetMon.Events;

/// <summary>
/// The outcome of a sink's events. Thread-safe. At the end, offered == delivered + queue full + failed.
/// </summary>
/// <param name="name">The sink's short name.</param>
/// <param name="laterReasons">Reasons for losing events after delivery.</param>
public sealed class SinkCounters(string name, params string[] laterReasons)
{
    private readonly long[] _later = new long[laterReasons.Length];
    private long _offered;
    private long _delivered;
    private long _queueFull;
    private long _failed;
    private long _paused;
    private long _bytes;

    /// <summary>The sink's short name, for logs and metrics: json, parquet.</summary>
    public string Name => name;

    /// <summary>Events that the pipeline had for this sink.</summary>
    public long Offered => Interlocked.Read(ref _offered);

    /// <summary>Events written to the sink's destination.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Events dropped because the sink was too slow and its queue was full, or because it hung at the end.</summary>
    public long QueueFull => Interlocked.Read(ref _queueFull);

    /// <summary>Events dropped because writing failed or the sink was paused.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>The part of <see cref="Failed"/> that was dropped while the sink was paused to save disk space.</summary>
    public long Paused => Interlocked.Read(ref _paused);

    /// <summary>Bytes written to the sink's destination; 0 if the sink does not report it.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Events lost after delivery, by reason.</summary>
    public IEnumerable<LossCounter> LostLater => laterReasons.Select((reason, index) => new LossCounter(name, reason, Interlocked.Read(ref _later[index])));

    /// <summary>Counts delivered events as lost, for one of the reasons given to the constructor; others are ignored.</summary>
    public void AddLostLater(string reason, long events)
    {
        if (Array.IndexOf(laterReasons, reason) is var index and >= 0)
        {
            Interlocked.Add(ref _later[index], events);
        }
    }

    public void AddBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void AddOffered(long events) => Interlocked.Add(ref _offered, events);

    public void AddDelivered(long events) => Interlocked.Add(ref _delivered, events);

    public void AddQueueFull(long events) => Interlocked.Add(ref _queueFull, events);

    public void AddFailed(long events) => Interlocked.Add(ref _failed, events);

    /// <summary>Counts events as paused and as failed.</summary>
    public void AddPaused(long events)
    {
        Interlocked.Add(ref _paused, events);
        Interlocked.Add(ref _failed, events);
    }
}
