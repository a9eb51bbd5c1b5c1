using NetMon.Events;
using NetMon.Query;
using NetMon.Storage.Owners;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>
/// Names of both ends over the captures of three nodes in one folder: node-1 calls an address that belonged to a pod of node-2 a month
/// ago and belongs to a pod of node-3 now.
/// </summary>
public sealed class OwnerViewTests : IDisposable
{
    private const string Address = "10.244.1.5";
    private static readonly long MonthAgo = Sample.At(2026, 10, 22, 19);
    private readonly CaptureFolder _capture = new();
    private ulong _id;

    public OwnerViewTests()
    {
        Write("node-2", MonthAgo, [Pod("old", MonthAgo - 7200 * Sample.Second)], [Close(MonthAgo + 60 * Sample.Second, Direction.Inbound, "old")]);
        Write("node-3", Sample.Hour19, [Pod("new", Sample.Hour19)], [Close(Sample.Hour19 + 60 * Sample.Second, Direction.Inbound, "new")]);
        Write("node-1", MonthAgo, [], [Close(MonthAgo + 60 * Sample.Second, Direction.Outbound, "caller")]);
        Write("node-1", Sample.Hour19, [], [Close(Sample.Hour19 + 60 * Sample.Second, Direction.Outbound, "caller")]);
    }

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void A_month_old_hour_names_the_owner_of_that_time()
    {
        Assert.Equal(
            ["2026-10-22 19:01:00,old-0,shop/old,node-2", "2026-11-22 19:01:00,new-0,shop/new,node-3"],
            Ask("SELECT closed_at, peer_pod_name, peer_workload, peer_node FROM connections WHERE direction = 'outbound' ORDER BY 1"));
        Assert.Equal(
            ["2026-10-22 19:01:00,old-0,shop/old,node-2", "2026-11-22 19:01:00,new-0,shop/new,node-3"],
            Ask("SELECT last, peer_pod_name, peer_workload, peer_node FROM talkers WHERE direction = 'outbound' ORDER BY 1"));
        Assert.Equal(["old-0"], Ask("SELECT peer_pod_name FROM connections WHERE node = 'node-1' AND closed_at < TIMESTAMP '2026-11-01'"));
    }

    [Fact]
    public void Edges_name_both_ends() => Assert.Equal(
        ["caller-0,new-0", "caller-0,old-0"], Ask("SELECT client_pod, server_pod FROM edges ORDER BY ALL"));

    [Fact]
    public void In_edges_an_unnamed_container_is_the_pod_with_its_address_on_its_node()
    {
        var at = Sample.Hour19 + 20 * Sample.HourLong + 60 * Sample.Second;
        Write("node-3", at, [Pod("server", at - Sample.Second)], [Unnamed(Direction.Inbound)]);
        Write("node-1", at, [], [Unnamed(Direction.Outbound)]);
        Assert.Equal(["unnamed/curl,\"\",shop/server,server-0"], Ask("SELECT client, client_pod, server, server_pod FROM edges WHERE first > '2026-11-23'"));

        ConnectionEvent Unnamed(Direction direction)
        {
            var close = Close(at, direction, "any");
            close.Container = new ContainerIdentity("c0ffee");
            return close;
        }
    }

    [Fact]
    public void An_open_connection_has_the_owner_at_its_start()
    {
        var flow = Sample.Flow(Sample.Hour19 + 90 * Sample.Second);
        (flow.Peer, flow.Record.ConnectionId, flow.Record.DurationNanoseconds) = (null, 9999, (ulong)Sample.Second);
        (flow.Record.Direction, flow.Record.DestinationAddress) = (Direction.Outbound, Sample.Address(Address));
        Write("node-1", Sample.Hour19, [], [flow]);
        Assert.Equal(["new-0,shop/new,node-3"], Ask("SELECT peer_pod_name, peer_workload, peer_node FROM open_now WHERE connection_id = 9999"));
        Assert.Equal(["new-0,shop/new,node-3"], Ask("SELECT peer_pod_name, peer_workload, peer_node FROM connections WHERE open AND connection_id = 9999"));
    }

    [Fact]
    public void Without_names_a_question_has_the_same_connections() => Assert.Equal(
        Ask("SELECT count(*), sum(bytes_sent) FROM (SELECT bytes_sent, peer_pod_name FROM connections) WHERE peer_pod_name IS NULL OR peer_pod_name <> ''"),
        Ask("SELECT count(*), sum(bytes_sent) FROM connections"));

    [Fact]
    public void An_unrecorded_owner_stays_unknown() => Assert.Equal(
        ["0"], Ask("SELECT count(peer_pod_name) + count(peer_node) FROM connections WHERE direction = 'inbound'"));

    [Fact]
    public void An_address_that_two_nodes_claim_at_once_has_no_owner()
    {
        Write("node-4", Sample.Hour19, [Pod("other", Sample.Hour19)], []);
        Assert.Equal(["2026-10-22,old-0", "2026-11-22,"], Ask("SELECT closed_at::DATE, peer_pod_name FROM connections WHERE direction = 'outbound' ORDER BY 1"));
    }

    [Fact]
    public void Reuse_within_a_second_never_gives_a_wrong_name()
    {
        // Ten pods a second have the address one after the other, and each is called twenty times. The next one's sandbox starts
        // before the end of the last one is reported.
        const long hour = 20 * Sample.HourLong;
        var begin = Sample.Hour19 + hour;
        List<AddressOwner> pods = [];
        List<ConnectionEvent> calls = [];
        for (var n = 0; n < 500; n++)
        {
            var from = begin + (n + 1) * Sample.Second / 10;
            var pod = Pod($"p{n}", from - Sample.Second / 50);
            pods.Add(pod);
            pods.Add(pod with { UntilUnixNanoseconds = from + Sample.Second / 10 });
            for (var call = 0; call < 20; call++)
            {
                var close = Close(from + (call + 1) * Sample.Second / 250, Direction.Outbound, $"p{n}");
                close.Record.DurationNanoseconds = 1_000_000;
                calls.Add(close);
            }
        }

        Write("node-2", begin, pods, []);
        Write("node-1", begin, [], calls);
        Assert.Equal(
            ["10000,0"],
            Ask("SELECT count(*) FILTER (peer_pod_name = pod_name), count(*) FILTER (peer_pod_name IS NOT NULL AND peer_pod_name <> pod_name) FROM connections WHERE closed_at >= TIMESTAMP '2026-11-23 15:00:00'"));
    }

    [Fact]
    public void Bytes_between_zones_use_the_reported_zone_of_each_node()
    {
        Write("node-1", Sample.Hour19 + Sample.HourLong, [], [WithPeer("node-2", "zone-b", Direction.Outbound), WithPeer("node-1", "zone-a", Direction.Outbound)]);
        Write("node-2", Sample.Hour19 + Sample.HourLong, [], [WithPeer("node-1", "zone-a", Direction.Inbound)]);
        Assert.Equal(
            ["zone-a,zone-a,outbound,false,5", "zone-a,zone-b,outbound,true,5", "zone-b,zone-a,inbound,true,5"],
            Ask("SELECT zone, peer_zone, direction, crosses, bytes_sent FROM zone_bytes ORDER BY ALL"));

        ConnectionEvent WithPeer(string node, string zone, Direction direction)
        {
            var close = Close(Sample.Hour19 + Sample.HourLong + Sample.Second, direction, "caller");
            close.Peer = Sample.Peer with { Node = node, Zone = zone };
            return close;
        }
    }

    private static AddressOwner Pod(string name, long from) =>
        new(name, new OwnerName($"{name}-0", "shop", $"uid-{name}", $"shop/{name}", "StatefulSet"), [Address], from);

    private ConnectionEvent Close(long at, Direction direction, string pod)
    {
        var close = Sample.Close(at);
        ref var record = ref close.Record;
        record.Direction = direction;
        record.ConnectionId = ++_id;
        (record.SourceAddress, record.DestinationAddress) = (Sample.Address("10.244.0.9"), Sample.Address(Address));
        record.DurationNanoseconds = (ulong)Sample.Second;
        (record.BytesSent, record.BytesReceived, record.DeltaSent, record.DeltaReceived) = (5, 5, 5, 5);
        (close.Peer, close.Container) = (null, Sample.Container with { PodName = $"{pod}-0", PodNamespace = "shop", Workload = $"shop/{pod}" });
        return close;
    }

    private void Write(string node, long hour, List<AddressOwner> owners, List<ConnectionEvent> events)
    {
        var sink = _capture.Open(node);
        sink.Advance(hour + Sample.Second);
        foreach (var owner in owners)
        {
            sink.TakeOwner(owner);
        }

        foreach (var batch in events.Chunk(500))
        {
            sink.Write(batch);
        }

        sink.Advance(hour + 120 * Sample.Second);
        sink.Close();
    }

    private string[] Ask(string sql) => _capture.Print(sql, OutputFormat.Csv).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
}
