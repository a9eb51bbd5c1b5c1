namespace NetMon.Events;

/// <summary>
/// What became of a sink's events, any thread may read it. In the end offered == delivered + queue full + failed.
/// </summary>
/// <param name="name">The sink's short name.</param>
/// <param name="laterReasons">Why events may be lost after they were delivered.</param>
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

    /// <summary>Events written where the sink writes to.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Dropped because the sink did not keep up and its queue was full, or it stood still at the end.</summary>
    public long QueueFull => Interlocked.Read(ref _queueFull);

    /// <summary>Dropped because writing failed or the sink was paused.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Those of <see cref="Failed"/> that were dropped because the sink was paused to spare the disk.</summary>
    public long Paused => Interlocked.Read(ref _paused);

    /// <summary>Bytes written where the sink writes to; 0 from a sink that does not tell.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Events that were delivered, and lost afterwards, by the reason.</summary>
    public IEnumerable<LossCounter> LostLater => laterReasons.Select((reason, index) => new LossCounter(name, reason, Interlocked.Read(ref _later[index])));

    /// <summary>Delivered events are lost, for one of the reasons that it was made with; others are not counted.</summary>
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

    /// <summary>Counts as failed, too.</summary>
    public void AddPaused(long events)
    {
        Interlocked.Add(ref _paused, events);
        Interlocked.Add(ref _failed, events);
    }
}
