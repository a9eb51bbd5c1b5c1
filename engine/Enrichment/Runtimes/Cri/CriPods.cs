using System.Net;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.Enrichment.Workloads;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>Reads facts about sandboxes from CRI messages.</summary>
internal static class CriPods
{
    /// <summary>Returns the facts in the labels of a listed sandbox.</summary>
    public static PodFacts Facts(PodSandbox sandbox, PodNaming naming) =>
        naming.Of(CriNames.Pod(sandbox.Metadata, sandbox.Labels), sandbox.Labels, sandbox.Annotations);

    /// <summary>Returns the facts in the labels of a sandbox's status.</summary>
    public static PodFacts Facts(PodSandboxStatus status, PodNaming naming) =>
        naming.Of(CriNames.Pod(status.Metadata, status.Labels), status.Labels, status.Annotations);

    /// <summary>Returns the addresses of a sandbox; null if it is not ready, or has none yet.</summary>
    public static PodAddresses? Addresses(PodSandboxStatus status, PodFacts facts)
    {
        if (status.State != PodSandboxState.SandboxReady || PodLabels.IdOrNone(status.Id).Length == 0)
        {
            return null;
        }

        // For a pod on the host network, CRI-O reports the node's addresses.
        var isHostNetwork = status.Linux?.Namespaces?.Options?.Network == NamespaceMode.Node;
        List<IPAddress> addresses = [];
        if (!isHostNetwork && status.Network is { } network)
        {
            Add(addresses, network.Ip);
            foreach (var more in network.AdditionalIps)
            {
                Add(addresses, more.Ip);
            }
        }

        return isHostNetwork || addresses.Count > 0
            ? new PodAddresses(status.Id, facts.Pod, facts.Workload, addresses, isHostNetwork, status.CreatedAt)
            : null;
    }

    private static void Add(List<IPAddress> addresses, string text)
    {
        if (addresses.Count < PodAddresses.Most && IPAddress.TryParse(text, out var address) && !addresses.Contains(address))
        {
            addresses.Add(address);
        }
    }
}
