using System.Net;
using NetMon.Enrichment.Peers;
using NetMon.Events;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Peers;

/// <summary>Who is at the other end: by address and by time, and nobody where it is not certain.</summary>
public sealed class PeerTableTests
{
    private const long T = 1_700_000_000_000_000_000;
    private const string Web = "10.0.0.7";

    private readonly PeerTable _table = new("node-1");

    [Fact]
    public void An_outbound_events_peer_is_the_destination_and_an_inbound_ones_the_source()
    {
        Local(Web, "s1", "web-0", T);
        Local("fd00::8", "s2", "db-0", T);

        Assert.Equal("web-0", Of(Outbound(Web, T))?.PodName);
        Assert.Equal("db-0", Of(Outbound("fd00::8", T))?.PodName);
        Assert.Equal("web-0", Of(Inbound(Web, T))?.PodName);
        Assert.Equal(new PeerIdentity("web-0", "shop", "shop/web", Node: "node-1"), Of(Inbound(Web, T)));
        Assert.Same(Of(Inbound(Web, T)), Of(Outbound(Web, T)));
        Assert.Null(Of(Outbound("10.0.0.9", T)));
    }

    [Fact]
    public void An_address_that_another_pod_takes_over_is_each_ones_in_its_own_time()
    {
        Local(Web, "s1", "old", T);
        _table.Local.EndPod(Address(Web), "s1", T + 1_000);
        Local(Web, "s2", "new", T + 1_500);

        Assert.Equal([null, "old", "old", null, null, "new", "new"], new[] { -1L, 0, 999, 1_000, 1_499, 1_500, 9_999 }.Select(at => Of(Outbound(Web, T + at))?.PodName));
    }

    [Fact]
    public void Nobody_is_named_for_the_time_in_which_two_pods_are_said_to_have_an_address()
    {
        Local(Web, "s1", "old", T);
        Local(Web, "s2", "new", T + 500);
        Assert.Equal(["old", null, null], new[] { 499L, 500, 9_999 }.Select(at => Of(Outbound(Web, T + at))?.PodName));

        _table.Local.EndPod(Address(Web), "s1", T + 800);
        Assert.Equal(["old", null, null, "new"], new[] { 499L, 500, 799, 800 }.Select(at => Of(Outbound(Web, T + at))?.PodName));
    }

    [Fact]
    public void The_peer_of_a_connection_is_who_had_the_address_when_it_began()
    {
        Local(Web, "s1", "old", T);
        _table.Local.EndPod(Address(Web), "s1", T + 1_000);
        Local(Web, "s2", "new", T + 1_000);

        Assert.Equal("old", Of(Lasting(RecordKind.Close, T + 5_000, duration: 4_500, CloseReason.TimedOut))?.PodName);
        Assert.Equal("new", Of(Lasting(RecordKind.Close, T + 5_000, duration: 3_000, CloseReason.TimedOut))?.PodName);
        Assert.Null(Of(Lasting(RecordKind.Close, T + 5_000, duration: 6_000, CloseReason.FinRemote)));
    }

    [Fact]
    public void A_connection_that_is_alive_is_still_with_whom_it_was_made_also_where_that_was_not_known_then()
    {
        Local(Web, "s1", "web-0", T);

        Assert.Equal("web-0", Of(Lasting(RecordKind.Flow, T + 5, duration: 1_000, CloseReason.None))?.PodName);
        Assert.Equal("web-0", Of(Lasting(RecordKind.Close, T + 5, duration: 1_000, CloseReason.FinLocal))?.PodName);
        Assert.Null(Of(Lasting(RecordKind.Close, T + 5, duration: 1_000, CloseReason.ResetRemote)));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("169.254.20.10")]
    [InlineData("fe80::1")]
    [InlineData("224.0.0.1")]
    [InlineData("ff02::1")]
    public void An_address_that_many_have_names_nobody(string address)
    {
        Local(address, "s1", "web-0", T);
        _table.Cluster.SetNode("node-2", [Address(address)], "b");

        Assert.Null(Of(Outbound(address, T)));
        Assert.True(_table.IsEmpty);
    }

    [Fact]
    public void An_address_of_a_node_names_the_node_and_never_a_pod()
    {
        _table.Cluster.SetNode("node-2", [Address("192.168.0.2")], "b");
        _table.Cluster.SetEndpoints("kube/proxy-1", new ServiceFacts("proxy", "kube"), [new EndpointFacts(Address("192.168.0.2"), "proxy-x", "kube", "node-2")]);
        Local("192.168.0.2", "s1", "agent-x", T);

        Assert.Equal(new PeerIdentity(Node: "node-2", Zone: "b"), Of(Outbound("192.168.0.2", T)));
        _table.Cluster.SetEndpoints("kube/proxy-1", new ServiceFacts("proxy", "kube"), [new EndpointFacts(Address("192.168.0.2"), "proxy-x", "kube", "node-2")], [10_256]);
        Assert.Equal(new PeerIdentity(Node: "node-2", Zone: "b"), Of(Outbound("192.168.0.2", T)));
        Assert.Equal(new PeerIdentity(PodNamespace: "kube", Service: "proxy", Node: "node-2", Zone: "b"), Of(Outbound("192.168.0.2", T, port: 10_256)));
    }

    [Fact]
    public void An_endpoint_names_a_pod_once_its_node_is_known()
    {
        _table.Cluster.SetEndpoints("shop/web-1", new ServiceFacts("web", "shop"), [new EndpointFacts(Address(Web), "web-0", "shop", "node-2")]);
        Assert.Equal(new PeerIdentity(PodNamespace: "shop", Service: "web"), Of(Outbound(Web, T)));

        _table.Cluster.SetNode("node-2", [Address("192.168.0.2")], "b");
        Assert.Equal(new PeerIdentity("web-0", "shop", Service: "web", Node: "node-2", Zone: "b"), Of(Outbound(Web, T)));
    }

    [Fact]
    public void A_service_is_known_by_its_own_address_by_a_nodes_port_and_by_what_was_dialed()
    {
        _table.Cluster.SetNode("node-2", [Address("192.168.0.2")], "b");
        _table.Cluster.SetService("shop/web", new ServiceFacts("web", "shop"), [Address("10.96.0.1")], [80], [30_080]);
        _table.Cluster.SetService("shop/db", new ServiceFacts("db", "shop"), [Address("10.96.0.2")], [5432], []);
        _table.Cluster.SetEndpoints("shop/db-1", new ServiceFacts("db", "shop"), [new EndpointFacts(Address("10.1.0.1"), "db-0", "shop", "node-2")]);

        Assert.Equal(new PeerIdentity(PodNamespace: "shop", Service: "web"), Of(Outbound("10.96.0.1", T, port: 80)));
        Assert.Equal(new PeerIdentity(PodNamespace: "shop", Service: "web", Node: "node-2", Zone: "b"), Of(Outbound("192.168.0.2", T, port: 30_080)));
        Assert.Equal(new PeerIdentity(Node: "node-2", Zone: "b"), Of(Outbound("192.168.0.2", T, port: 22)));

        var dialed = Outbound("10.1.0.1", T, port: 5432);
        (dialed.Record.Flags, dialed.Record.DialedAddress, dialed.Record.DialedPort) = (RecordFlags.Dialed, Sample.Address("10.96.0.2"), 5432);
        Assert.Equal(new PeerIdentity("db-0", "shop", "", "db", "node-2", "b"), Of(dialed));
        dialed.Record.DestinationAddress = Sample.Address("10.1.0.2");
        Assert.Equal(new PeerIdentity(PodNamespace: "shop", Service: "db"), Of(dialed));
        Assert.Same(Of(dialed), Of(dialed));
    }

    [Fact]
    public void A_pod_of_several_services_has_none_unless_one_was_dialed()
    {
        _table.Cluster.SetNode("node-2", [], "");
        _table.Cluster.SetEndpoints("shop/a-1", new ServiceFacts("a", "shop"), [new EndpointFacts(Address(Web), "web-0", "shop", "node-2")]);
        Assert.Equal("a", Of(Outbound(Web, T))?.Service);

        _table.Cluster.SetEndpoints("shop/b-1", new ServiceFacts("b", "shop"), [new EndpointFacts(Address(Web), "web-0", "shop", "node-2")]);
        Assert.Equal(("web-0", ""), Of(Outbound(Web, T)) is { } peer ? (peer.PodName, peer.Service) : default);
    }

    [Fact]
    public void What_the_node_itself_knows_goes_before_what_the_API_still_says()
    {
        _table.Cluster.SetNode("node-1", [Address("192.168.0.1")], "a");
        _table.Cluster.SetEndpoints("shop/web-1", new ServiceFacts("web", "shop"), [new EndpointFacts(Address(Web), "web-0", "shop", "node-1")]);
        Local(Web, "s1", "web-0", T);
        Assert.Equal(new PeerIdentity("web-0", "shop", "shop/web", "web", "node-1", "a"), Of(Outbound(Web, T)));

        _table.Local.EndPod(Address(Web), "s1", T + 10);
        Assert.Null(Of(Outbound(Web, T + 10)));

        Local(Web, "s2", "other", T + 20);
        Assert.Equal(("other", ""), Of(Outbound(Web, T + 20)) is { } peer ? (peer.PodName, peer.Service) : default);
    }

    [Fact]
    public void What_a_list_no_longer_has_is_gone_and_the_rest_stays_as_it_was()
    {
        List("web", "db");
        var web = Of(Outbound("10.96.0.1", T, port: 80));
        List("web");

        Assert.Same(web, Of(Outbound("10.96.0.1", Now(), port: 80)));
        Assert.Equal("db", Of(Outbound("10.96.0.2", T, port: 80))?.Service);
        Assert.Null(Of(Outbound("10.96.0.2", Now() + 1_000_000, port: 80)));

        void List(params string[] services)
        {
            _table.Cluster.BeginList(PeerObjectKind.Service);
            foreach (var service in services)
            {
                _table.Cluster.SetService("shop/" + service, new ServiceFacts(service, "shop"), [Address(service == "web" ? "10.96.0.1" : "10.96.0.2")], [80], []);
            }

            _table.Cluster.EndList(PeerObjectKind.Service);
        }
    }

    [Fact]
    public void Nothing_is_asked_of_the_events_where_nothing_is_known()
    {
        var events = new[] { Outbound(Web, T) };
        events[0].Peer = Sample.Peer;

        Assert.True(_table.Name(events, long.MaxValue));
        Assert.Same(Sample.Peer, events[0].Peer);
        Assert.False(_table.Name(events, T));
        Assert.True(_table.Name(events, T + 1));
        Assert.True(_table.Name([Outbound("8.8.8.8", T)], T));
        Local(Web, "s1", "web-0", T);
        Assert.True(_table.Name(events, T));
        Assert.Equal("web-0", events[0].Peer?.PodName);
    }

    [Fact]
    public void Naming_allocates_nothing_once_a_peer_was_named()
    {
        for (var n = 0; n < 200; n++)
        {
            Local($"10.0.1.{n}", $"s{n}", $"web-{n}", T);
        }

        ConnectionEvent[] events = [.. Enumerable.Range(0, 400).Select(n => Outbound($"10.0.1.{n}", T) with { UnixNanoseconds = T + n }).Take(200)];
        _table.Name(events, long.MaxValue);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _table.Name(events, long.MaxValue);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.All(events, e => Assert.NotNull(e.Peer));
    }

    [Fact]
    public async Task A_reader_never_sees_a_name_of_another_time_while_owners_change()
    {
        const int changes = 20_000;
        var events = Enumerable.Range(0, changes).Select(n => Outbound(Web, T + (n * 10L) + 5)).ToArray();
        var written = 0;
        var writer = Task.Run(
            () =>
            {
                for (var n = 0; n < changes; n++)
                {
                    Local(Web, $"s{n}", $"pod-{n}", T + (n * 10L));
                    Volatile.Write(ref written, n);
                    _table.Local.EndPod(Address(Web), $"s{n}", T + (n * 10L) + 10);
                }
            },
            TestContext.Current.CancellationToken);
        var named = 0;
        while (!writer.IsCompleted)
        {
            var n = Volatile.Read(ref written);
            if (Of(events[n]) is { } peer)
            {
                Assert.Equal($"pod-{n}", peer.PodName);
                named++;
            }
        }

        await writer;
        Assert.True(named > 0);
    }

    [Fact]
    public void An_address_keeps_a_bounded_history_and_a_table_a_bounded_number_of_addresses()
    {
        for (var n = 0; n < 100; n++)
        {
            Local(Web, $"s{n}", $"pod-{n}", T + (n * 10L));
            _table.Local.EndPod(Address(Web), $"s{n}", T + (n * 10L) + 10);
        }

        Assert.Equal("pod-99", Of(Outbound(Web, T + 995))?.PodName);
        Assert.Null(Of(Outbound(Web, T + 5)));
        Assert.Equal(100 - AddressTimeline.Most, _table.Local.Counters.Evicted);

        for (var n = 0; n < 20_000; n++)
        {
            Local($"10.{1 + n / 65536}.{n / 256 % 256}.{n % 256}", $"t{n}", "p", T);
        }

        Assert.Equal((16_384, 20_001 - 16_384), (_table.Local.Counters.Addresses, _table.Local.Counters.Refused));
    }

    private static ConnectionEvent Outbound(string to, long at, ushort port = 80)
    {
        var e = Sample.Connect(at);
        (e.Record.DestinationAddress, e.Record.DestinationPort) = (Sample.Address(to), port);
        return e;
    }

    private static ConnectionEvent Inbound(string from, long at)
    {
        var e = Sample.Accept(at);
        e.Record.SourceAddress = Sample.Address(from);
        return e;
    }

    private static ConnectionEvent Lasting(RecordKind kind, long at, ulong duration, CloseReason reason)
    {
        var e = Outbound(Web, at);
        (e.Record.Kind, e.Record.DurationNanoseconds, e.Record.CloseReason) = (kind, duration, reason);
        return e;
    }

    private static IPAddress Address(string text) => IPAddress.Parse(text);

    private static long Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private void Local(string address, string sandbox, string pod, long from) =>
        _table.Local.SetPod(Address(address), sandbox, new PodFacts(pod, "shop", "shop/web"), from);

    private PeerIdentity? Of(in ConnectionEvent e) => _table.Of(in e);
}
