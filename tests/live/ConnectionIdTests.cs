using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The connection id that all events of one end share, and the fields that CLOSE repeats from the first event.</summary>
public sealed class ConnectionIdTests
{
    [Theory]
    [InlineData("auto")]
    [InlineData("tracepoint")]
    public void All_events_of_an_end_share_an_id_that_no_other_event_has(string spine)
    {
        using var traced = new TracedNamespace(start: true, "--spine", spine);
        var log = traced.File("truth.tsv");
        traced.Space.Run(
            Repository.Load, "run", "--connections", "10000", "--family", "both", "--nonblocking", "30", "--refused", "10", "--forked", "5", "--reset", "10", "--vary", "--bind-refused",
            "--log", log).MustSucceed();
        traced.Space.WaitUntilClosed();
        var events = traced.EventsAtEnd();
        Assert.Equal(0, LossReport.Total(traced.Agent.Log));
        Assert.DoesNotContain(events, e => e.ConnectionId == 0);

        // Every combination of events that one id may have, and its expected count: a connection's ends, and failed attempts.
        var ends = events.GroupBy(e => e.ConnectionId).ToList();
        Assert.Equal(
            ["1000 x CONNECT refused", "9000 x ACCEPT , CLOSE ", "9000 x CONNECT established, CLOSE "],
            Counted.By(ends, end => string.Join(", ", end.Select(e => $"{e.Type} {e.Result}"))));
        foreach (var end in ends.Where(end => end.Count() == 2))
        {
            var (first, close) = (end.First(), end.Last());
            Assert.Equal((first.Tuple, first.Direction, first.Pid, first.Process), (close.Tuple, close.Direction, close.Pid, close.Process));
            Assert.NotNull(close.LatencyMicroseconds);
            Assert.True(first.Type != "CONNECT" || first.LatencyMicroseconds == close.LatencyMicroseconds, $"{first} {close}");
        }
    }

    [Fact]
    public void Without_a_previous_FLOW_the_increments_of_a_CLOSE_are_its_totals()
    {
        using var traced = new TracedNamespace(start: true, "--flow-every", "none");
        traced.Space.Run(Repository.Load, "run", "--connections", "500", "--vary").MustSucceed();
        traced.Space.WaitUntilClosed();
        var closes = traced.EventsAtEnd().Where(e => e.Type == "CLOSE").ToList();
        Assert.Equal(1000, closes.Count);
        Assert.All(closes, e => Assert.Equal((e.BytesSent, e.BytesReceived), (e.DeltaSent, e.DeltaReceived)));
    }
}
