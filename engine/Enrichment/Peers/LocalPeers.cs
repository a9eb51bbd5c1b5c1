using System.Net;
using NetMon.Enrichment.Pods;

namespace NetMon.Enrichment.Peers;

/// <summary>This node's pods by the addresses of their sandboxes. Exact, because their times come from the node itself. One thread writes.</summary>
public sealed class LocalPeers
{
    /// <summary>A node has some hundreds of pods; those that ended within the last hour are kept as well.</summary>
    private const int Most = 16_384;

    private readonly string _node;

    internal LocalPeers(string node, TimeProvider time) => (_node, Addresses) = (node, new AddressBook(Most, time));

    /// <summary>Statistics of the table. Thread-safe.</summary>
    public PeerCounters Counters => Addresses.Counters;

    internal AddressBook Addresses { get; }

    /// <summary>Processes the start, a change or the end of a sandbox, or of a container outside Kubernetes that has addresses.</summary>
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

    /// <summary>Sets an address of a pod; pods on the host network have none.</summary>
    /// <param name="address">The address.</param>
    /// <param name="source">The sandbox's id; its previous claim for the address is replaced.</param>
    /// <param name="pod">The pod, on this node.</param>
    /// <param name="fromUnixNanoseconds">Since when.</param>
    public void SetPod(IPAddress address, string source, PodFacts pod, long fromUnixNanoseconds)
    {
        if (PeerAddress.TryOf(address, out var key))
        {
            Addresses.Set(key, new AddressClaim(source, pod with { Node = _node }, null, null, fromUnixNanoseconds));
        }
    }

    /// <summary>Ends a pod's ownership of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="source">The sandbox's id.</param>
    /// <param name="untilUnixNanoseconds">When it ended.</param>
    public void EndPod(IPAddress address, string source, long untilUnixNanoseconds)
    {
        if (PeerAddress.TryOf(address, out var key))
        {
            Addresses.End(key, source, untilUnixNanoseconds);
        }
    }
}
