using System.Buffers;
using System.Text;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Query;
using NetMon.Query.Filters;
using NetMon.Query.Follow;
using NetMon.Query.Observe;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query.Follow;

/// <summary>Events read from files equal the written ones to the microsecond; the test compares their JSON lines.</summary>
public sealed class StoredEventsTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lines_of_stored_events_equal_those_of_the_agent(bool isSealed)
    {
        ConnectionEvent[] events = [.. Events()];
        var sink = _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
        sink.Write(events);
        sink.Advance(events[^1].UnixNanoseconds);
        if (isSealed)
        {
            sink.Close();
        }
        else
        {
            sink.Abandon();
        }

        Assert.Equal(events.Select(Line), History().Select(Line));
    }

    [Fact]
    public void Lines_of_followed_events_equal_those_of_the_agent()
    {
        ConnectionEvent[] events = [.. Events().Select((e, n) => e with { UnixNanoseconds = Sample.Hour19 + n })];
        var sink = _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
        sink.Write(events);
        sink.Advance(Sample.Hour19);
        sink.Abandon();
        using var follower = CaptureFollower.FromSegments(_capture.Path, new Logger(_ => { }, "observe"));
        Assert.True(follower.TryRead());
        Assert.Equal("node-1", follower.Node);
        Assert.Equal(events.Select(Line), Enumerable.Range(0, follower.Batch.Rows).Select(row => Line(HotEvents.Of(follower.Batch, row))));
    }

    [Fact]
    public void The_last_events_are_found_at_any_age()
    {
        var sink = _capture.Open();
        sink.Write([.. Enumerable.Range(0, 100).Select(n => Sample.Accept(Sample.Hour19 + n * Sample.Second)), Sample.Accept(Sample.Hour19 + 30 * Sample.HourLong)]);
        sink.Close();
        Assert.Equal([Sample.Hour19 + 98 * Sample.Second, Sample.Hour19 + 99 * Sample.Second, Sample.Hour19 + 30 * Sample.HourLong], History(last: 3).Select(e => e.UnixNanoseconds));
        Assert.Equal(101, History(last: 1000).Count);
    }

    [Fact]
    public void A_condition_selects_the_same_rows_of_a_batch_as_in_a_query()
    {
        var sink = _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
        sink.Write([.. Events()]);
        sink.Advance(Sample.Hour19);
        sink.Abandon();
        using var follower = CaptureFollower.FromSegments(_capture.Path, new Logger(_ => { }, "observe"));
        Assert.True(follower.TryRead());
        foreach (var condition in (string[])[
            "result = 'refused'", "type = 'CLOSE' AND duration_us >= 7000", "in_net(dst_ip, '2001:db8::/32')", "pod_name IS NULL", "node = 'node-1' AND dst_port BETWEEN 1 AND 65535",
            "workload_name(workload, pod_namespace, pod_name, container_name, process) = 'production/nginx'", "timestamp < TIMESTAMP '2026-11-22 19:00:00.000003'"])
        {
            using var rows = new RowFilter(condition);
            var expected = _capture.Print($"SELECT epoch_us(timestamp)::VARCHAR AS t FROM events WHERE {condition} ORDER BY 1", OutputFormat.Csv).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
            var batch = follower.Batch;
            Assert.NotEmpty(expected);
            Assert.Equal(expected, rows.Select("node-1", batch).Select(row => (batch.Timestamps[row] / 1000).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>One event of each kind, a microsecond apart.</summary>
    private static IEnumerable<ConnectionEvent> Events()
    {
        var dialed = Sample.Connect(0, flags: RecordFlags.Dialed);
        (dialed.Record.DialedAddress, dialed.Record.DialedPort) = (Sample.Address("10.96.0.1"), 443);
        var old = Sample.Close(0) with { Container = Sample.Unit };
        old.Record.Flags = RecordFlags.Older | RecordFlags.OwnerInferred;
        old.Record.CloseReason = CloseReason.ResetRemote;
        var unknown = Sample.Accept(0);
        unknown.Record.Flags = RecordFlags.OwnerUnknown;
        ConnectionEvent[] events =
        [
            Sample.Connect(0) with { Container = Sample.Container, Peer = Sample.Peer }, Sample.Accept(0), Sample.Flow(0) with { Container = Sample.Container },
            Sample.Close(0) with { Peer = new PeerIdentity(Node: "node-2") }, dialed, old, unknown,
            Sample.Connect(0, error: 111), Sample.Connect(0, error: 103), Sample.Connect(0, error: 13), Sample.Connect(0, flags: RecordFlags.ErrorUnknown), Sample.Connect(0, error: 110),
            Sample.Named(0, "a\u001b[2Jb"u8),
        ];
        return events.Select((e, n) =>
        {
            e.UnixNanoseconds = Sample.Hour19 + n * 1000;
            e.Record.LatencyNanoseconds = e.Record.LatencyNanoseconds / 1000 * 1000;
            e.Record.DurationNanoseconds = e.Record.DurationNanoseconds / 1000 * 1000;
            return e;
        });
    }

    private static string Line(ConnectionEvent e)
    {
        var lines = new ArrayBufferWriter<byte>();
        new JsonLines(forTerminal: false).Write("node-1", in e, lines);
        return Encoding.UTF8.GetString(lines.WrittenSpan);
    }

    private List<ConnectionEvent> History(long? last = null)
    {
        List<ConnectionEvent> events = [];
        var history = new History(new CaptureSettings(_capture.Path, null, "256MiB", IsStrict: true), Filter.None, new Logger(_ => { }, "observe"));
        if (last is { } count)
        {
            history.ReadLast(count, (string _, in ConnectionEvent e) => events.Add(e));
        }
        else
        {
            history.ReadAll((string _, in ConnectionEvent e) => events.Add(e));
        }

        return events;
    }
}
