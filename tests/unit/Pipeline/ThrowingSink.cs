using NetMon.Events;

namespace NetMon.UnitTests.Pipeline;

/// <summary>A sink that throws until the test repairs it, after it has delivered some events of the batch.</summary>
internal sealed class ThrowingSink(int takenFirst) : IEventSink
{
    private volatile bool _isWell;

    public SinkCounters Counters { get; } = new("throwing");

    public bool IsWell { get => _isWell; set => _isWell = value; }

    public void Write(ReadOnlySpan<ConnectionEvent> events)
    {
        if (IsWell || events.IsEmpty)
        {
            Counters.AddDelivered(events.Length);
            return;
        }

        Counters.AddDelivered(takenFirst);
        throw new InvalidOperationException("on purpose");
    }

    public void Advance(long watermarkUnixNanoseconds)
    {
    }

    public void Close()
    {
    }
}
