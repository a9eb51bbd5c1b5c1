using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Pipeline;

/// <summary>A sink whose Write blocks until the test opens its gate. Counts as a sink does.</summary>
internal sealed class GatedSink : IEventSink, IDisposable
{
    private readonly ManualResetEventSlim _gate = new(initialState: false);
    private readonly ManualResetEventSlim _entered = new(initialState: false);

    public SinkCounters Counters { get; } = new("gated");

    public List<long> Times { get; } = [];

    public bool IsClosed { get; private set; }

    public void Open() => _gate.Set();

    public void WaitUntilEntered() => Assert.True(_entered.Wait(Patience.Limit), "the sink was not called");

    public void Write(ReadOnlySpan<ConnectionEvent> events)
    {
        _entered.Set();
        _gate.Wait();
        foreach (ref readonly var e in events)
        {
            Times.Add(e.UnixNanoseconds);
        }

        Counters.AddDelivered(events.Length);
    }

    public void Advance(long watermarkUnixNanoseconds)
    {
    }

    public void Close() => IsClosed = true;

    public void Dispose()
    {
        _gate.Dispose();
        _entered.Dispose();
    }
}
