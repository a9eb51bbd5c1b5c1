using System.Net;
using NetMon.Enrichment.Peers;
using NetMon.Events;
using Xunit;
using static NetMon.UnitTests.Enrichment.Peers.PeerEvents;

namespace NetMon.UnitTests.Enrichment.Peers;

/// <summary>
/// The node of an address without a known pod, from the pod ranges of the nodes, and only where the network uses these ranges.
/// </summary>
public sealed class NodeRangeTests
{
    private readonly PeerTable _table = new("node-1");

    public NodeRangeTests()
    {
        Node("node-1", "192.168.0.1", "10.1.0.0/24");
        Node("node-2", "192.168.0.2", "10.2.0.0/24", "fd00:2::/64");
        Node("node-3", "192.168.0.3", "10.3.0.0/24");
    }

    [Fact]
    public void An_address_without_a_pod_has_the_node_once_an_endpoint_confirms_the_ranges()
    {
        Assert.Null(Of("10.2.0.9"));
        Endpoint("a", "10.2.0.5", "node-2");

        Assert.Equal(new PeerIdentity(Node: "node-2", Zone: "zone-of-node-2"), Of("10.2.0.9"));
        Assert.Same(Of("10.2.0.9"), Of("10.2.0.10"));
        Assert.Equal("node-2", Of("fd00:2::9")?.Node);
        Assert.Equal("node-3", Of("10.3.0.255")?.Node);
        Assert.Equal("a", Of("10.2.0.5")?.PodName);
        Assert.Null(Of("10.4.0.0"));
        Assert.Null(Of("10.0.255.255"));
        Assert.Null(Of("8.8.8.8"));
        Assert.Null(Of("fd00:3::1"));
        Assert.Null(Of("10.1.0.9")); // this node knows its own pods

        _table.Cluster.Remove(PeerObjectKind.Node, "node-3");
        Assert.Null(Of("10.3.0.255"));
    }

    [Fact]
    public void Ranges_name_no_node_once_an_endpoint_is_outside_its_node_range()
    {
        Endpoint("a", "10.2.0.5", "node-2");
        Endpoint("host", "192.168.0.2", "node-2");
        Assert.Equal("node-3", Of("10.3.0.9")?.Node);

        Endpoint("b", "10.3.0.5", "node-2"); // the network assigns addresses outside the ranges
        Assert.Null(Of("10.3.0.9"));
        Assert.Equal(("b", "node-2"), Of("10.3.0.5") is { } peer ? (peer.PodName, peer.Node) : default);

        _table.Cluster.Remove(PeerObjectKind.EndpointSlice, "shop/b");
        Assert.Equal("node-3", Of("10.3.0.9")?.Node);
    }

    [Fact]
    public void A_range_of_two_nodes_names_neither_and_a_new_range_counts_from_its_arrival()
    {
        Endpoint("a", "10.2.0.5", "node-2");
        Node("node-4", "192.168.0.4", "10.3.0.128/25");
        Assert.Null(Of("10.3.0.9"));
        Assert.Null(Of("10.3.0.200"));
        Assert.Equal("node-2", Of("10.2.0.9")?.Node);

        _table.Cluster.BeginList(PeerObjectKind.Node);
        Node("node-2", "192.168.0.2", "10.2.0.0/24");
        Node("node-3", "192.168.0.3", "10.3.0.0/24");
        _table.Cluster.EndList(PeerObjectKind.Node);
        Assert.Equal("node-3", Of("10.3.0.9")?.Node);
        Node("node-5", "192.168.0.5", "10.5.0.0/24");
        Assert.Null(Of("10.5.0.9"));
        Assert.Equal("node-5", Of("10.5.0.9", DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds() * 1_000_000)?.Node);
    }

    private void Node(string name, string address, params string[] ranges) => _table.Cluster.SetNode(name, [Address(address)], $"zone-of-{name}", [.. ranges.Select(range => IPNetwork.Parse(range))]);

    private void Endpoint(string pod, string address, string node) =>
        _table.Cluster.SetEndpoints($"shop/{pod}", null, [new EndpointFacts(Address(address), pod, "shop", node)]);

    private PeerIdentity? Of(string address, long at = T) => _table.Of(Outbound(address, at));
}
