using NetMon.Enrichment.Peers;
using NetMon.Events;
using NetMon.UnitTests.Storage;
using Xunit;
using static NetMon.UnitTests.Enrichment.Peers.PeerEvents;

namespace NetMon.UnitTests.Enrichment.Peers;

/// <summary>Peers from the Kubernetes API, alone and combined with what the node itself knows.</summary>
public sealed class ClusterPeersTests
{
    private readonly PeerTable _table = new("node-1");

    [Fact]
    public void A_node_address_names_the_node_and_never_a_pod()
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
    public void A_service_is_known_by_its_address_by_a_node_port_and_by_the_dialed_address()
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
    public void A_pod_of_several_services_has_no_service_unless_one_was_dialed()
    {
        _table.Cluster.SetNode("node-2", [], "");
        _table.Cluster.SetEndpoints("shop/a-1", new ServiceFacts("a", "shop"), [new EndpointFacts(Address(Web), "web-0", "shop", "node-2")]);
        Assert.Equal("a", Of(Outbound(Web, T))?.Service);

        _table.Cluster.SetEndpoints("shop/b-1", new ServiceFacts("b", "shop"), [new EndpointFacts(Address(Web), "web-0", "shop", "node-2")]);
        Assert.Equal(("web-0", ""), Of(Outbound(Web, T)) is { } peer ? (peer.PodName, peer.Service) : default);
        Assert.Equal(("web-0", ""), Of(Inbound(Web, T)) is { } caller ? (caller.PodName, caller.Service) : default);
    }

    [Fact]
    public void A_pod_called_directly_has_the_service_of_the_port()
    {
        _table.Cluster.SetNode("node-2", [], "");
        Serve("web", 8080, 8443);
        Assert.Equal(["web", "web", ""], Services(8080, 8443, 9090));
        Assert.Equal("web", Of(Inbound(Web, T))?.Service); // the caller serves it, whatever its port

        Serve("metrics", 9090);
        Assert.Equal(["web", "web", "metrics", ""], Services(8080, 8443, 9090, 22));
        Assert.Equal("", Of(Inbound(Web, T))?.Service);

        Serve("web-canary", 8080);
        Assert.Equal(["", "web", "metrics"], Services(8080, 8443, 9090));

        Serve("all");
        Assert.Equal(["", "", ""], Services(8080, 8443, 9090)); // its ports are unknown, so any port matches
    }

    [Fact]
    public void Two_slices_of_one_service_have_the_ports_of_both()
    {
        _table.Cluster.SetNode("node-2", [], "");
        Serve("web", 8080);
        _table.Cluster.SetEndpoints("shop/web-2", new ServiceFacts("web", "shop"), [new EndpointFacts(Address(Web), "web-0", "shop", "node-2")], [8443]);
        Assert.Equal(["web", "web", ""], Services(8080, 8443, 9090));
    }

    [Fact]
    public void The_address_of_a_service_names_it_for_any_port()
    {
        _table.Cluster.SetService("shop/web", new ServiceFacts("web", "shop"), [Address(Web)], [80], []);
        Assert.Equal(["web", "web"], Services(80, 81));
        _table.Cluster.SetService("shop/db", new ServiceFacts("db", "shop"), [Address(Web)], [5432], []); // the address of a load balancer
        Assert.Equal(["web", "db"], Services(80, 5432));
        Assert.Null(Of(Outbound(Web, T, port: 81)));
    }

    [Fact]
    public void Local_knowledge_takes_precedence_over_stale_API_data()
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
    public void Objects_missing_from_a_list_are_removed_and_others_stay()
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

    private void Serve(string service, params int[] ports) => _table.Cluster.SetEndpoints(
        $"shop/{service}-1", new ServiceFacts(service, "shop"), [new EndpointFacts(Address(Web), "web-0", "shop", "node-2")], ports);

    private IEnumerable<string?> Services(params ushort[] ports) => ports.Select(port => Of(Outbound(Web, T, port))?.Service);

    private static long Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private void Local(string address, string sandbox, string pod, long from) => _table.SetPod(address, sandbox, pod, from);

    private PeerIdentity? Of(in ConnectionEvent e) => _table.Of(in e);
}
