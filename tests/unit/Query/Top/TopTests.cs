using NetMon.Events;
using NetMon.Query.Printing;
using NetMon.Query.Top;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query.Top;

public sealed class TopTests
{
    private static readonly long Second = Sample.Hour19 / Sample.Second;

    [Fact]
    public void Windows_count_their_own_seconds()
    {
        var table = new TopTable(TopSubject.Workloads);
        foreach (var ago in (int[])[0, 0, 5, 9, 10, 59, 60, 63])
        {
            table.Add(Sample.Accept(Sample.Hour19 - ago * Sample.Second));
        }

        var row = Assert.Single(table.Rows(TopOrder.Connections, Second, 1));
        Assert.Equal((2L, 4L, 6L), (row.Now.Connections, row.Ten.Connections, row.Minute.Connections));
        Assert.Equal("node/curl", row.Name);

        // A second later all have changed.
        row = Assert.Single(table.Rows(TopOrder.Connections, Second + 1, 1));
        Assert.Equal((0L, 3L, 5L), (row.Now.Connections, row.Ten.Connections, row.Minute.Connections));
        Assert.Empty(table.Rows(TopOrder.Connections, Second + 60, 1));
    }

    [Fact]
    public void Each_kind_of_event_updates_its_own_counts()
    {
        var table = new TopTable(TopSubject.Workloads);
        ConnectionEvent[] events = [Sample.Connect(Sample.Hour19), Sample.Connect(Sample.Hour19, error: 111), Sample.Accept(Sample.Hour19), Sample.Flow(Sample.Hour19), Sample.Close(Sample.Hour19)];
        foreach (var e in events)
        {
            table.Add(in e);
        }

        var sums = table.Total.Of(Second, 1);
        Assert.Equal((5L, 2L, 1L, 1L), (sums.Events, sums.Connections, sums.Failures, sums.Answered));
        Assert.Equal((2 * (96d + 4000), 1_234_999d), (sums.Bytes, sums.MeanLatency));
    }

    [Fact]
    public void Rows_are_sorted_by_the_chosen_column()
    {
        var table = new TopTable(TopSubject.Workloads);
        foreach (var (name, connects, failures, latency) in ((string, int, int, ulong)[])[("busy", 5, 0, 1000), ("broken", 1, 9, 2000), ("slow", 2, 1, 900_000)])
        {
            for (var n = 0; n < connects + failures; n++)
            {
                var e = Sample.Connect(Sample.Hour19, error: n < connects ? 0U : 111) with { Container = new ContainerIdentity("c", Workload: name) };
                e.Record.LatencyNanoseconds = latency;
                table.Add(in e);
            }
        }

        Assert.Equal(["busy", "slow", "broken"], table.Rows(TopOrder.Connections, Second, 1).Select(row => row.Name));
        Assert.Equal(["broken", "slow", "busy"], table.Rows(TopOrder.Failures, Second, 1).Select(row => row.Name));
        Assert.Equal(["slow", "broken", "busy"], table.Rows(TopOrder.Latency, Second, 1).Select(row => row.Name));
    }

    [Fact]
    public void Called_peers_have_the_port_and_calling_peers_do_not()
    {
        var table = new TopTable(TopSubject.Peers);
        ConnectionEvent[] events = [Sample.Connect(Sample.Hour19), Sample.Connect(Sample.Hour19) with { Peer = Sample.Peer }, Sample.Accept(Sample.Hour19), Sample.Accept(Sample.Hour19) with { Peer = Sample.Peer }];
        foreach (var e in events)
        {
            table.Add(in e);
        }

        Assert.Equal(
            ["→ [2001:db8::1]:65535", "→ StatefulSet/db:65535", "← StatefulSet/db", "← 10.0.1.5"],
            table.Rows(TopOrder.Connections, Second, 1).Select(row => row.Name).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public void The_number_of_rows_is_limited_and_the_rest_are_others()
    {
        var table = new TopTable(TopSubject.Workloads, most: 3);
        void Add(string name, long at)
        {
            var e = Sample.Accept(at) with { Container = new ContainerIdentity("c", Workload: name) };
            table.Add(in e);
        }

        foreach (var name in (string[])["a", "b", "c", "d", "e", "a"])
        {
            Add(name, Sample.Hour19);
        }

        Assert.Equal([("(others)", 2L), ("a", 2L), ("b", 1L), ("c", 1L)], table.Rows(TopOrder.Connections, Second, 1).Select(row => (row.Name, row.Now.Connections)));

        // A row that was silent for a minute is evicted.
        Add("a", Sample.Hour19 + 61 * Sample.Second);
        Add("f", Sample.Hour19 + 61 * Sample.Second);
        Assert.Equal(["a", "f"], table.Rows(TopOrder.Connections, Second + 61, 1).Select(row => row.Name));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void A_table_is_as_wide_as_the_terminal_for_any_names(int width)
    {
        var table = new TopTable(TopSubject.Workloads);
        foreach (var name in (string[])["\u001b[2Jx", new string('日', 100), "[red]markup[/]", "shop/web"])
        {
            var e = Sample.Connect(Sample.Hour19) with { Container = new ContainerIdentity("c", Workload: name) };
            table.Add(in e);
        }

        foreach (var order in Enum.GetValues<TopOrder>())
        {
            var lines = TopScreen.Render(new TopView(order, TopSubject.Workloads, 1, width).Table(table.Rows(order, Second, 1)), width, isColoured: false).TrimEnd('\n').Split('\n');
            Assert.Equal(2 + 4, lines.Length);
            Assert.All(lines, line => Assert.True(TerminalText.Width(line) <= width, line));
            Assert.Contains("\\u001b[2Jx", string.Join('\n', lines), StringComparison.Ordinal);
            Assert.Contains("[red]markup[/]", string.Join('\n', lines), StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', string.Join('\n', lines));
        }
    }

    [Fact]
    public void Keys_choose_order_and_rows()
    {
        var state = new TopState(TopOrder.Connections, TopSubject.Workloads);
        Assert.True(state.Take('f') && state.Take('P') && state.Take(' ') && state.Take('?'));
        Assert.Equal((TopOrder.Failures, TopSubject.Peers, true, true, false), (state.Order, state.Subject, state.IsPaused, state.ShowsHelp, state.IsOver));
        Assert.False(state.Take('x'));
        Assert.True(state.Take('q'));
        Assert.True(state.IsOver);
    }

    [Theory]
    [InlineData(0, 10, "0")]
    [InlineData(1, 60, "0.02")]
    [InlineData(34, 10, "3.4")]
    [InlineData(5600, 10, "560")]
    [InlineData(123_000, 10, "12.3K")]
    [InlineData(12_300_000, 10, "1.2M")]
    public void Rates_are_short(int count, int seconds, string text) => Assert.Equal(text, TopView.Rate(count, seconds));
}
