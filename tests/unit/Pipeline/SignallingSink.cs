using NetMon.Events;

namespace NetMon.UnitTests.Pipeline;

/// <summary>Signals each batch and each watermark, with the thread that delivered it.</summary>
internal sealed class SignallingSink : IEventSink, IDisposable
{
    private readonly SemaphoreSlim _written = new(0);
    private readonly SemaphoreSlim _advanced = new(0);

    public SinkCounters Counters { get; } = new("signalling");

    public List<long> Times { get; } = [];

    public HashSet<(int Id, bool OfThePool)> Threads { get; } = [];

    public long Watermark { get; private set; }

    public async Task WaitUntilWritten() => Assert(await _written.WaitAsync(Patience.Limit));

    public async Task WaitUntilAdvanced() => Assert(await _advanced.WaitAsync(Patience.Limit));

    public void Write(ReadOnlySpan<ConnectionEvent> events)
    {
        Threads.Add((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));
        foreach (ref readonly var e in events)
        {
            Times.Add(e.UnixNanoseconds);
        }

        Counters.AddDelivered(events.Length);
        _written.Release();
    }

    public void Advance(long watermarkUnixNanoseconds)
    {
        Threads.Add((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));
        Watermark = watermarkUnixNanoseconds;
        _advanced.Release();
    }

    public void Close()
    {
    }

    public void Dispose()
    {
        _written.Dispose();
        _advanced.Dispose();
    }

    private static void Assert(bool signalled) => Xunit.Assert.True(signalled, "the sink was not called");
}
