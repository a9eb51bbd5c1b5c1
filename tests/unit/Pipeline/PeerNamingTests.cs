using System.Net;
using NetMon.Enrichment.Peers;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Workloads;
using NetMon.Events;
using NetMon.Pipeline.Batch;
using NetMon.Pipeline.Enrich;
using NetMon.UnitTests.Enrichment;
using NetMon.UnitTests.Storage;
using Xunit;
using static NetMon.UnitTests.Enrichment.DirectoryUnderTest;

namespace NetMon.UnitTests.Pipeline;

/// <summary>Names of peers on the same node, from the runtime's report to the event.</summary>
public sealed class PeerNamingTests : IDisposable
{
    private readonly DirectoryUnderTest _node = new();
    private readonly PeerTable _peers = new("node-1");
    private readonly EnrichStage _stage;

    public PeerNamingTests()
    {
        _stage = new EnrichStage(_node.Directory, _node.Reports, _peers, TimeSpan.FromMilliseconds(200), _node.Time);
        _node.Directory.OnPod(_peers.Local.Take);
        _node.Made(7, PathOf(1));
        _node.Tell(Named(1));
        _node.Tell(new PodNews([Sandbox(1, "10.0.0.1")], []));
    }

    public void Dispose() => _stage.Dispose();

    [Fact]
    public void Two_pods_name_each_other_from_the_first_event_on_even_if_the_second_is_not_reported_yet()
    {
        _node.Made(8, PathOf(2));
        Offer(Between("10.0.0.1", "10.0.0.2", Direction.Outbound), Between("10.0.0.2", "10.0.0.1", Direction.Inbound), Between("10.0.0.1", "8.8.8.8", Direction.Outbound));
        Assert.Equal(1, _stage.Held);

        _node.Post(new RuntimeReport(0, [Named(2)], []) { Pods = new PodNews([Sandbox(2, "10.0.0.2")], []) });
        _stage.Advance();

        var events = Taken();
        Assert.Equal(["pod-2", "pod-2", null], events.Select(e => e.Peer?.PodName));
        Assert.Equal(new PeerIdentity("pod-2", "shop", "shop/web", Node: "node-1"), events[0].Peer);
    }

    [Fact]
    public void A_late_event_has_the_owner_of_its_own_time()
    {
        _node.Made(8, PathOf(2), at: Sample.Hour19);
        _node.Tell(Named(2));
        _node.Tell(new PodNews([Sandbox(2, "10.0.0.2")], []));
        _node.Removed(8, at: Sample.Hour19 + 1_000);
        _node.Made(9, PathOf(3), at: Sample.Hour19 + 2_000);
        _node.Tell(Named(3));
        _node.Tell(new PodNews([Sandbox(3, "10.0.0.2")], []));

        Offer([.. new[] { -1L, 0, 999, 1_000, 1_999, 2_000 }.Select(at => Between("10.0.0.1", "10.0.0.2", Direction.Outbound) with { UnixNanoseconds = Sample.Hour19 + at })]);

        Assert.Equal([null, "pod-2", "pod-2", null, null, "pod-3"], Taken().Select(e => e.Peer?.PodName));
    }

    [Fact]
    public void Nothing_waits_for_a_peer_unless_a_pod_is_expected()
    {
        Offer(Between("10.0.0.1", "10.0.0.2", Direction.Outbound));

        Assert.Equal((0, null), (_stage.Held, Assert.Single(Taken()).Peer));
    }

    [Fact]
    public void A_pod_in_the_node_network_is_never_a_peer()
    {
        _node.Tell(new PodNews([Sandbox(1, "10.0.0.9") with { IsHostNetwork = true }], []));
        Offer(Between("10.0.0.1", "10.0.0.9", Direction.Outbound));

        Assert.Null(Assert.Single(Taken()).Peer);
    }

    /// <summary>Created a minute before its cgroup.</summary>
    private static PodAddresses Sandbox(int n, string address) => new(
        Id(n), new PodName("shop", $"pod-{n}", PodUid(n)), new Workload("shop/web", WorkloadKinds.Deployment), [IPAddress.Parse(address)], IsHostNetwork: false,
        FromUnixNanoseconds: Sample.Hour19 - (60 * Sample.Second));

    private static ConnectionEvent Between(string source, string destination, Direction direction)
    {
        var e = Sample.Connect(Sample.Hour19);
        (e.Record.SourceAddress, e.Record.DestinationAddress, e.Record.Direction, e.Record.Owner.CgroupId) = (Sample.Address(source), Sample.Address(destination), direction, 7);
        return e;
    }

    private void Offer(params ConnectionEvent[] events)
    {
        var batch = new EventBatch();
        foreach (var e in events)
        {
            batch.Add() = e;
        }

        Assert.True(_stage.Offer(batch));
    }

    private ConnectionEvent[] Taken()
    {
        Assert.True(_stage.TryTake(out var batch));
        return batch.Events.ToArray();
    }
}
