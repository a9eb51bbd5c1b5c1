using System.Net;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Workloads;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>The addresses of containers in Docker's networks.</summary>
internal static class DockerPods
{
    private const string Running = "running";

    /// <summary>
    /// Returns the addresses of a running container outside Kubernetes; null if it has none. A pod's addresses are not in Docker's networks but
    /// reported by cri-dockerd.
    /// </summary>
    /// <param name="container">An element of a list.</param>
    /// <param name="from">Since when it has them, Unix nanoseconds.</param>
    public static PodAddresses? Addresses(DockerMessages.Container container, long from)
    {
        if (container.State != Running || PodLabels.IdOrNone(container.Id ?? "") is not { Length: > 0 } id || container.Labels.Label(PodLabels.PodName).Length > 0)
        {
            return null;
        }

        List<IPAddress> addresses = [];
        foreach (var network in container.NetworkSettings?.Networks?.Values ?? Enumerable.Empty<DockerMessages.Network?>())
        {
            Add(addresses, network?.Address);
            Add(addresses, network?.Address6);
        }

        var name = PodLabels.Bounded(DockerNames.Own(container.Names)).TrimStart('/');
        return addresses.Count > 0
            ? new PodAddresses(id, new PodName("", name), DockerNames.WorkloadOf(container.Labels, name), addresses, IsHostNetwork: false, from)
            : null;
    }

    private static void Add(List<IPAddress> addresses, string? text)
    {
        if (addresses.Count < PodAddresses.Most && IPAddress.TryParse(text, out var address) && !addresses.Contains(address))
        {
            addresses.Add(address);
        }
    }
}
