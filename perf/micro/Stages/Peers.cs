using System.Net;
using BenchmarkDotNet.Attributes;
using NetMon.Enrichment.Peers;
using NetMon.Events;
using NetMon.Pipeline.Batch;

namespace NetMon.Micro.Stages;

/// <summary>
/// Looks up the known peer of an event's addresses: the node's own pods, and a cluster's endpoints. The events fit into the
/// processor's L2 cache, as in the stage, which names a batch right after it was filled. With more events this would measure memory.
/// </summary>
public class Peers
{
    private const int Batches = 8;
    private const int Rounds = 32;
    private const int Count = Batches * EventBatch.Capacity * Rounds;
    private readonly ConnectionEvent[] _events = StandardEvents.Make(Batches * EventBatch.Capacity).Events;
    private readonly PeerTable _local = new("node-1");
    private readonly PeerTable _cluster = new("node-1");

    public Peers()
    {
        _cluster.Cluster.SetNode("node-2", [IPAddress.Parse("192.168.0.2")], "zone-b");
        foreach (var address in _events.Select(PeerOf).Distinct())
        {
            _local.Local.SetPod(address, $"s-{address}", new PodFacts($"pod-{address}", "shop", "shop/web"), 0);
            _cluster.Cluster.SetEndpoints($"shop/{address}", new ServiceFacts("web", "shop"), [new EndpointFacts(address, $"pod-{address}", "shop", "node-2")]);
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Peer_hit_local() => Name(_local);

    [Benchmark(OperationsPerInvoke = Count)]
    public void Peer_hit_cluster() => Name(_cluster);

    private static IPAddress PeerOf(ConnectionEvent e)
    {
        var address = e.Record.Direction == Direction.Inbound ? e.Record.SourceAddress : e.Record.DestinationAddress;
        return new IPAddress(address);
    }

    private void Name(PeerTable table)
    {
        for (var round = 0; round < Rounds; round++)
        {
            for (var from = 0; from < _events.Length; from += EventBatch.Capacity)
            {
                table.Name(_events.AsSpan(from, EventBatch.Capacity), long.MaxValue);
            }
        }

        if (_events[^1].Peer is null)
        {
            throw new InvalidOperationException("a peer was not known");
        }
    }
}
