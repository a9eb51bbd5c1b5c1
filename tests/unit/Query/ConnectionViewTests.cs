using System.Globalization;
using NetMon.Events;
using NetMon.Query;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>
/// connections and open_now over some thousand connections of two nodes, each of which boots once and then reuses the same ids:
/// finished ones, open ones with and without a FLOW, ones that are older than the agent, ones whose CONNECT is lost, and those
/// of version 0.1, which have no id. The test knows without SQL which are open.
/// </summary>
public sealed class ConnectionViewTests : IDisposable
{
    private const int Ids = 1500;
    private const int BootLasts = 1700;
    private const int FirstPort = 20_000;
    private static readonly string[] Nodes = ["node-1", "node-2"];
    private readonly CaptureFolder _capture = new();
    private readonly SortedSet<string> _open = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _openInLastHour = new(StringComparer.Ordinal);
    private int _connections;

    public ConnectionViewTests()
    {
        var random = new Random(13);
        foreach (var node in Nodes)
        {
            List<ConnectionEvent> events = [];
            for (var boot = 0; boot < 4; boot++) // two in each hour
            {
                for (var id = 1; id <= Ids; id++)
                {
                    Add(events, node, boot * 1800, id, random);
                }
            }

            var sink = _capture.Open(node);
            events.Sort((a, b) => a.UnixNanoseconds.CompareTo(b.UnixNanoseconds));
            foreach (var batch in events.Chunk(500))
            {
                sink.Write(batch);
            }

            sink.Close();
        }
    }

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void A_connection_without_a_CLOSE_is_open_despite_reused_ids()
    {
        const string columns = "node || ' ' || src_port || ' ' || epoch(opened_at)::BIGINT";
        Assert.Equal(_open, Lines($"SELECT {columns} AS c FROM connections WHERE open ORDER BY c"));
        Assert.Equal(_openInLastHour, Lines($"SELECT {columns} AS c FROM open_now ORDER BY c"));
        Assert.Equal([$"{_connections}"], Lines("SELECT count(*) FROM connections"));
    }

    [Theory]
    [InlineData("process = 'proc-7'")]
    [InlineData("pid = 103 AND process <> 'proc-7'")]
    [InlineData("pod_name = 'nginx-7d64c9f9b8-x9k2m'")]
    [InlineData("container_id IS NULL AND node = 'node-2'")]
    [InlineData("src_port = 20010")]
    [InlineData("dst_ip = '10.9.0.5' AND dst_port = 443")]
    [InlineData("closed_at >= TIMESTAMP '2026-11-22 20:10:00'")]
    [InlineData("closed_at IS NULL AND opened_at < TIMESTAMP '2026-11-22 19:20:00'")]
    [InlineData("coalesce(closed_at, opened_at) BETWEEN TIMESTAMP '2026-11-22 19:20:00' AND TIMESTAMP '2026-11-22 20:05:00'")]
    [InlineData("NOT open AND older")]
    [InlineData("open AND connection_id IS NULL")]
    public void A_condition_selects_the_same_rows_as_over_all_events(string condition)
    {
        var some = Lines($"SELECT c::VARCHAR AS c FROM connections c WHERE {condition} ORDER BY c");
        Assert.NotEmpty(some);
        // A limit applies before a condition outside it, so this condition reads everything.
        Assert.Equal(Lines($"SELECT c::VARCHAR AS c FROM (FROM connections LIMIT 1000000) c WHERE {condition} ORDER BY c"), some);
    }

    [Fact]
    public void A_condition_of_one_question_does_not_affect_another()
    {
        const string all = "SELECT count(*) AS n FROM open_now";
        const string some = all + " WHERE process = 'proc-7'";
        var expected = string.Join('\n', _capture.Print(some, OutputFormat.Csv), _capture.Print(all, OutputFormat.Csv));
        Assert.Equal(expected, _capture.Print($"{some}; {all}", OutputFormat.Csv));
        var both = _capture.Print("SELECT (SELECT count(*) FROM open_now WHERE process = 'proc-7') + (SELECT count(*) FROM open_now WHERE process = 'proc-8') AS n", OutputFormat.Csv);
        Assert.Equal(both, _capture.Print("SELECT count(*) AS n FROM open_now WHERE process IN ('proc-7', 'proc-8')", OutputFormat.Csv));
    }

    [Fact]
    public void Open_connections_are_found_without_files_of_earlier_hours()
    {
        foreach (var file in _capture.Sealed.Where(file => file.Contains("hour=19", StringComparison.Ordinal)))
        {
            File.WriteAllText(Path.Combine(_capture.Events, file), "no Parquet");
        }

        List<string> log = [];
        Assert.Equal($"n\n{_openInLastHour.Count}\n", _capture.Print("SELECT count(*) AS n FROM open_now", OutputFormat.Csv, log: log));
        Assert.Empty(log);
        _capture.Print("SELECT count(*) AS n FROM connections", OutputFormat.Csv, log: log);
        Assert.Equal(2, log.Count);
    }

    /// <summary>A connection of a boot that started at this second.</summary>
    private void Add(List<ConnectionEvent> events, string node, int booted, int id, Random random)
    {
        var (isInbound, kind, begins) = (random.Next(2) == 0, random.Next(40), booted + 1 + random.Next(BootLasts / 2));
        var ends = begins + 1 + random.Next(BootLasts / 2);
        var flow = begins + random.Next(ends - begins);
        _connections++;
        // An id has FLOWs in one boot alone: of several boots' connections the views know the last. A connection older than the agent
        // started at an unknown time, so it owns every event of its id until then.
        var (hasFlows, isFirst) = (booted == 1800 * (id % 4), booted == 0);
        switch (kind)
        {
            case 0: // open, no FLOW yet
                Begin();
                Open(begins, begins);
                break;
            case 1 when hasFlows: // open, with FLOWs
                Begin();
                Traffic(RecordKind.Flow, flow, begins);
                Traffic(RecordKind.Flow, ends, begins);
                Open(begins, ends);
                break;
            case 2 when hasFlows && isFirst: // older than the agent, open
                Traffic(RecordKind.Flow, ends, booted, RecordFlags.Older);
                Open(booted, ends);
                break;
            case 3 when hasFlows && isFirst: // older than the agent
                Traffic(RecordKind.Flow, flow, booted, RecordFlags.Older);
                Traffic(RecordKind.Close, ends, booted, RecordFlags.Older);
                break;
            case 4: // its beginning is lost
                Traffic(RecordKind.Close, ends, begins);
                break;
            case 5 when hasFlows:
                Begin();
                Traffic(RecordKind.Flow, flow, begins);
                Traffic(RecordKind.Close, ends, begins);
                break;
            case 6: // fails
                _connections--;
                Add(begins, Sample.Connect(0, error: 111));
                break;
            case 7: // of version 0.1
                Begin(hasId: false);
                Traffic(RecordKind.Close, ends, begins, hasId: false);
                break;
            case 8: // of version 0.1, open
                Begin(hasId: false);
                Open(begins, 0);
                break;
            default:
                Begin();
                Traffic(RecordKind.Close, ends, begins);
                break;
        }

        void Begin(bool hasId = true) => Add(begins, isInbound ? Sample.Accept(0) : Sample.Connect(0), hasId);

        void Traffic(RecordKind what, int second, int since, RecordFlags flags = RecordFlags.None, bool hasId = true)
        {
            var e = what == RecordKind.Flow ? Sample.Flow(0) : Sample.Close(0);
            (e.Record.DurationNanoseconds, e.Record.Flags) = ((ulong)((second - since) * Sample.Second), flags);
            Add(second, e, hasId);
        }

        void Add(int second, ConnectionEvent e, bool hasId = true)
        {
            e.UnixNanoseconds = Sample.Hour19 + second * Sample.Second;
            e.Record.Direction = isInbound ? Direction.Inbound : Direction.Outbound;
            (e.Record.ConnectionId, e.Record.SourcePort, e.Record.DestinationPort) = (hasId ? (ulong)id : 0, (ushort)(FirstPort + id), 443);
            e.Record.DestinationAddress = Sample.Address(string.Create(CultureInfo.InvariantCulture, $"10.9.0.{id % 11}"));
            e.Record.LatencyNanoseconds = 0;
            e.Record.Owner.Pid = (uint)(100 + id % 9);
            e.Record.Owner.Comm = Sample.Bytes(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"proc-{id % 9}")));
            e.Container = id % 3 == 0 ? Sample.Container : null;
            events.Add(e);
        }

        void Open(int since, int reported)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{node} {FirstPort + id} {Sample.Hour19 / Sample.Second + since}");
            _open.Add(name);
            if (reported >= 3600)
            {
                _openInLastHour.Add(name);
            }
        }
    }

    private string[] Lines(string sql) => _capture.Print(sql, OutputFormat.Csv).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
}
