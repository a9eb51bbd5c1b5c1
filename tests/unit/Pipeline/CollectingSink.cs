using NetMon.Events;

namespace NetMon.UnitTests.Pipeline;

/// <summary>Keeps all events. Read it after its worker has completed.</summary>
internal sealed class CollectingSink : IEventSink
{
    public SinkCounters Counters { get; } = new("collecting");

    public List<ConnectionEvent> Events { get; } = [];

    public List<long> Watermarks { get; } = [];

    public bool IsClosed { get; private set; }

    public void Write(ReadOnlySpan<ConnectionEvent> events)
    {
        Events.AddRange(events);
        Counters.AddDelivered(events.Length);
    }

    public void Advance(long watermarkUnixNanoseconds) => Watermarks.Add(watermarkUnixNanoseconds);

    public void Close() => IsClosed = true;
}
