using System.Net;
using NetMon.Enrichment.Pods;

namespace NetMon.Enrichment.Peers;

/// <summary>This node's pods by the addresses of their sandboxes: exact, because the node itself says from when to when. One thread writes.</summary>
public sealed class LocalPeers
{
    /// <summary>A node has some hundreds of pods; those that ended within the hour are kept too.</summary>
    private const int Most = 16_384;

    private readonly string _node;

    internal LocalPeers(string node, TimeProvider time) => (_node, Addresses) = (node, new AddressBook(Most, time));

    /// <summary>What it holds and had no room for. Any thread.</summary>
    public PeerCounters Counters => Addresses.Counters;

    internal AddressBook Addresses { get; }

    /// <summary>Takes in the beginning, a change or the end of a sandbox, or of a container outside Kubernetes with addresses of its own.</summary>
    public void Take(PodAddresses sandbox)
    {
        if (sandbox.IsHostNetwork)
        {
            return;
        }

        var pod = new PodFacts(sandbox.IsPod ? sandbox.Pod.Name : "", sandbox.Pod.Namespace, sandbox.Workload.Name);
        foreach (var address in sandbox.Addresses)
        {
            SetPod(address, sandbox.SandboxId, pod, sandbox.FromUnixNanoseconds);
            if (sandbox.UntilUnixNanoseconds != 0)
            {
                EndPod(address, sandbox.SandboxId, sandbox.UntilUnixNanoseconds);
            }
        }
    }

    /// <summary>A pod has an address of its own; one that shares the node's has none.</summary>
    /// <param name="address">The address.</param>
    /// <param name="source">The sandbox's id: what it said before of the address is replaced.</param>
    /// <param name="pod">The pod; its node is this one.</param>
    /// <param name="fromUnixNanoseconds">Since when.</param>
    public void SetPod(IPAddress address, string source, PodFacts pod, long fromUnixNanoseconds)
    {
        if (PeerAddress.TryOf(address, out var key))
        {
            Addresses.Set(key, new AddressClaim(source, pod with { Node = _node }, null, null, fromUnixNanoseconds));
        }
    }

    /// <summary>A pod has an address no more.</summary>
    /// <param name="address">The address.</param>
    /// <param name="source">The sandbox's id.</param>
    /// <param name="untilUnixNanoseconds">Since when.</param>
    public void EndPod(IPAddress address, string source, long untilUnixNanoseconds)
    {
        if (PeerAddress.TryOf(address, out var key))
        {
            Addresses.End(key, source, untilUnixNanoseconds);
        }
    }
}
