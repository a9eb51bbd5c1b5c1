using NetMon.Events;

namespace NetMon.Pipeline.Batch;

/// <summary>
/// Events on their way to the sinks, from an <see cref="EventBatchPool"/>. One owner at a time fills it and passes it on. Once published,
/// all sinks share it, and the last one to release it returns it to the pool. Its events must not be referenced after that.
/// </summary>
public sealed class EventBatch
{
    /// <summary>Events in a full batch: 512 x 144 bytes stay below the large-object threshold of 85,000 bytes.</summary>
    public const int Capacity = 512;

    private readonly ConnectionEvent[] _events = new ConnectionEvent[Capacity];
    private int _count;
    private int _holders;

    /// <summary>The events, in time order.</summary>
    public ReadOnlySpan<ConnectionEvent> Events => _events.AsSpan(0, _count);

    /// <summary>As <see cref="Events"/>, writable until the batch is published.</summary>
    public Span<ConnectionEvent> Filled => _events.AsSpan(0, _count);

    /// <summary>No later event is older than this.</summary>
    public long WatermarkUnixNanoseconds { get; set; }

    public bool IsFull => _count == Capacity;

    /// <summary>Adds an event and returns it; it still contains the data of an earlier use.</summary>
    public ref ConnectionEvent Add() => ref _events[_count++];

    internal void Clear() => _count = 0;

    internal void HoldFor(int sinks) => _holders = sinks;

    /// <summary>Releases the batch; true for the last holder.</summary>
    internal bool LetGo() => Interlocked.Decrement(ref _holders) == 0;
}
