using System.Globalization;
using NetMon.Events;
using NetMon.Query;
using NetMon.UnitTests.Query.Filters;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>edges and unpaired over connections whose two ends are known.</summary>
public sealed class EdgeViewTests : IDisposable
{
    private readonly CaptureFolder _capture = new();
    private readonly Dictionary<string, List<ConnectionEvent>> _events = new(StringComparer.Ordinal) { ["node-1"] = [], ["node-2"] = [] };
    private ulong _id;

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void Ends_with_equal_counts_are_paired_and_so_are_the_others()
    {
        for (var i = 0; i < 300; i++)
        {
            var (client, server) = (i % 3, i % 2);
            // Server 1 and client 2 lack one end, so the others are paired by their ends.
            Connect(at: 10 + i, client, server, port: 30_000 + i, lasts: 2, sent: 100 + i, hasServer: i != 5);
        }

        Assert.Equal(
            [
                "node/client-0,node/server-0,50,12350,50", "node/client-0,node/server-1,50,12500,50",
                "node/client-1,node/server-0,50,12550,50", "node/client-1,node/server-1,50,12400,50",
                "node/client-2,node/server-0,50,12450,50", "node/client-2,node/server-1,49,12495,49",
            ],
            Lines("SELECT client, server, connections, bytes_sent, epoch_us(last - first) // 6000000 + 1 AS n FROM edges ORDER BY ALL"));
        Assert.Equal(["node/client-2,outbound,1"], Lines("SELECT workload, direction, connections FROM unpaired"));
    }

    [Theory]
    [InlineData("--process client-1", "client = 'node/client-1'")]
    [InlineData("--workload node/server-0", "server = 'node/server-0'")]
    [InlineData("--node node-2", "client_node = 'node-2' OR server_node = 'node-2'")]
    [InlineData("--process client-2,server-1", "client = 'node/client-2' OR server = 'node/server-1'")]
    public void A_filter_selects_edges_by_either_end(string filter, string condition)
    {
        for (var i = 0; i < 300; i++)
        {
            Connect(at: 10 + i, i % 3, i % 2, port: 30_000 + i, lasts: 2, sent: 100 + i, hasServer: i != 5);
        }

        const string columns = "SELECT client, server, connections, bytes_sent, client_node, server_node FROM edges";
        var expected = Lines($"{columns} WHERE {condition} ORDER BY ALL");
        Assert.NotEmpty(expected);
        var given = GivenFilter.Of(filter.Split(' '));
        Assert.Equal(expected, _capture.Print($"{columns} ORDER BY ALL", OutputFormat.Csv, filter: given).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..]);
        Assert.Equal("n\n1\n", _capture.Print("SELECT count(*) AS n FROM unpaired", OutputFormat.Csv, filter: GivenFilter.Of("--process", "client-2")));
        Assert.Equal("n\n0\n", _capture.Print("SELECT count(*) AS n FROM unpaired", OutputFormat.Csv, filter: GivenFilter.Of("--process", "client-1")));
    }

    [Fact]
    public void The_median_is_that_of_all_connections_of_an_edge()
    {
        for (var i = 0; i < 9; i++)
        {
            Connect(at: 10 + i, client: 0, server: i % 2, port: 30_000 + i, lasts: 2, latency: 10 * i + 1, service: "server-0", hasServer: i != 8);
        }

        Assert.Equal(["8,36"], Lines("SELECT connections, median_us FROM edges")); // of 1, 11, ... 71
    }

    [Fact]
    public void Equal_counts_of_different_connections_are_not_paired()
    {
        // The same port is used twice; the first lacks the server's end, the second the client's.
        Connect(at: 10, client: 0, server: 0, port: 30_000, lasts: 1, hasServer: false);
        Connect(at: 100, client: 0, server: 0, port: 30_000, lasts: 1, hasClient: false);
        Connect(at: 200, client: 1, server: 0, port: 30_001, lasts: 1, hasServer: false);
        Connect(at: 200, client: 1, server: 0, port: 30_002, lasts: 1, hasClient: false);

        Assert.Empty(Lines("FROM edges"));
        Assert.Equal(["4"], Lines("SELECT sum(connections)::BIGINT FROM unpaired"));
    }

    [Fact]
    public void One_address_with_two_servers_one_after_the_other_is_two_edges()
    {
        Connect(at: 10, client: 0, server: 0, port: 30_000, lasts: 1);
        Connect(at: 100, client: 0, server: 0, port: 30_001, lasts: 1, service: "server-new");

        Assert.Equal(["node/server-0,1", "node/server-new,1"], Lines("SELECT server, connections FROM edges ORDER BY ALL"));
    }

    [Fact]
    public void Open_connections_are_paired_too()
    {
        Connect(at: 10, client: 0, server: 0, port: 30_000, lasts: 1);
        Connect(at: 20, client: 0, server: 0, port: 30_001, lasts: null);

        Assert.Equal(["node/client-0,node/server-0,2"], Lines("SELECT client, server, connections FROM edges"));
        Assert.Empty(Lines("FROM unpaired"));
    }

    [Fact]
    public void A_translated_address_is_paired_by_client_address_and_port()
    {
        for (var i = 0; i < 4; i++)
        {
            Connect(at: 10 + i, client: 0, server: 0, port: 30_000 + i, lasts: 1, dialed: "10.96.0.1");
            Connect(at: 10 + i, client: 1, server: 0, port: 30_000 + i, lasts: 1);
        }

        Assert.Equal(["node/client-0,4", "node/client-1,4"], Lines("SELECT client, connections FROM edges ORDER BY ALL"));
        Assert.Empty(Lines("FROM unpaired"));
    }

    [Fact]
    public void A_call_to_an_address_without_a_listener_is_not_paired_by_port()
    {
        // A few seconds earlier or later, or at the same time with other bytes.
        foreach (var (port, apart, sent) in new[] { (30_000, -7, 1), (30_001, 7, 1), (30_002, 0, 99) })
        {
            Connect(at: 100, client: 0, server: 0, port, lasts: 1, dialed: "203.0.113.9", hasServer: false);
            Connect(at: 100 + apart, client: 0, server: 0, port, lasts: 1, sent: sent, hasClient: false);
        }

        // Clocks of two nodes may differ by two seconds: this is a pair.
        Connect(at: 200, client: 1, server: 0, port: 30_003, lasts: 1, dialed: "203.0.113.9", hasServer: false);
        Connect(at: 202, client: 1, server: 0, port: 30_003, lasts: 1, hasClient: false);

        Assert.Equal(["node/client-1,1"], Lines("SELECT client, connections FROM edges"));
    }

    /// <summary>A connection from node-1 to node-2.</summary>
    /// <param name="lasts">Seconds; null: it is open.</param>
    /// <param name="service">The server's process.</param>
    /// <param name="dialed">The address that the client sees.</param>
    private void Connect(
        int at, int client, int server, int port, int? lasts, int sent = 1, int latency = 0, string? service = null, string? dialed = null, bool hasClient = true, bool hasServer = true)
    {
        var (own, address) = (Text($"10.0.1.{client}"), Text($"10.0.2.{server}"));
        if (hasClient)
        {
            End("node-1", Direction.Outbound, Text($"client-{client}"), dialed ?? address);
        }

        if (hasServer)
        {
            End("node-2", Direction.Inbound, service ?? Text($"server-{server}"), address);
        }

        void End(string node, Direction direction, string process, string destination)
        {
            _id++;
            Add(direction == Direction.Inbound ? Sample.Accept(0) : Sample.Connect(0), at);
            if (lasts is { } seconds)
            {
                var close = Sample.Close(0);
                close.Record.DurationNanoseconds = (ulong)(seconds * Sample.Second);
                (close.Record.BytesSent, close.Record.BytesReceived) = direction == Direction.Outbound ? ((ulong)sent, 7ul) : (7ul, (ulong)sent);
                Add(close, at + seconds);
            }

            void Add(ConnectionEvent e, int second)
            {
                e.UnixNanoseconds = Sample.Hour19 + second * Sample.Second;
                ref var record = ref e.Record;
                record.Direction = direction;
                record.ConnectionId = _id;
                (record.SourceAddress, record.SourcePort) = (Sample.Address(own), (ushort)port);
                (record.DestinationAddress, record.DestinationPort) = (Sample.Address(destination), 443);
                record.LatencyNanoseconds = (ulong)latency * 1000;
                record.Owner.Comm = Sample.Bytes(System.Text.Encoding.UTF8.GetBytes(process));
                e.Container = null;
                _events[node].Add(e);
            }
        }
    }

    private string[] Lines(string sql)
    {
        if (_capture.Sealed.Length == 0)
        {
            foreach (var (node, events) in _events)
            {
                events.Sort((a, b) => a.UnixNanoseconds.CompareTo(b.UnixNanoseconds));
                var sink = _capture.Open(node);
                sink.Write([.. events]);
                sink.Close();
            }
        }

        return _capture.Print(sql, OutputFormat.Csv).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
