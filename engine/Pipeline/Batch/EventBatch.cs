using NetMon.Events;

namespace NetMon.Pipeline.Batch;

/// <summary>
/// Events on their way to the sinks, from an <see cref="EventBatchPool"/>. One owner at a time fills it and passes it on;
/// once it is published every sink holds it, and the last to let go returns it. Nobody may refer to its events after that.
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

    /// <summary>The same, for who fills in what is missing before the batch is published.</summary>
    public Span<ConnectionEvent> Filled => _events.AsSpan(0, _count);

    /// <summary>No event still to come is older than this.</summary>
    public long WatermarkUnixNanoseconds { get; set; }

    public bool IsFull => _count == Capacity;

    /// <summary>Room for one more event, with whatever an earlier use left in it.</summary>
    public ref ConnectionEvent Add() => ref _events[_count++];

    internal void Clear() => _count = 0;

    internal void HoldFor(int sinks) => _holders = sinks;

    /// <summary>True for the last holder to let go.</summary>
    internal bool LetGo() => Interlocked.Decrement(ref _holders) == 0;
}
