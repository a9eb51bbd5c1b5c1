using NetMon.Events;

namespace NetMon.UnitTests.Pipeline;

/// <summary>
/// Forwards everything; holds the first batch until released. Samples the process's total allocation each time a given number of
/// events has passed.
/// </summary>
internal sealed class MeasuringSink(IEventSink inner, long every) : IEventSink
{
    private readonly TaskCompletionSource _let = new();
    private long _events;

    public SinkCounters Counters => inner.Counters;

    public List<(long Events, long Bytes)> Samples { get; } = new(64);

    public void LetGo() => _let.SetResult();

    public void Write(ReadOnlySpan<ConnectionEvent> events)
    {
        _let.Task.Wait();
        inner.Write(events);
        _events += events.Length;
        if (_events / every > (_events - events.Length) / every)
        {
            Samples.Add((_events, GC.GetTotalAllocatedBytes(precise: true)));
        }
    }

    public void Advance(long watermarkUnixNanoseconds) => inner.Advance(watermarkUnixNanoseconds);

    public void Close() => inner.Close();
}
