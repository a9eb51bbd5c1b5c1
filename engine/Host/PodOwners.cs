using NetMon.Enrichment.Pods;
using NetMon.Storage.Owners;

namespace NetMon.Host;

/// <summary>What the directory knows of a pod's addresses, as files of owners have it.</summary>
internal static class PodOwners
{
    /// <summary>The owner of a sandbox's addresses. A pod on the node's network has none.</summary>
    public static AddressOwner Of(PodAddresses pod) => new(
        pod.SandboxId,
        new OwnerName(pod.Pod.Name, pod.Pod.Namespace, pod.Pod.Uid, pod.Workload.Name, pod.Workload.Kind),
        pod.IsHostNetwork ? [] : [.. pod.Addresses.Select(NodeAddresses.Text)],
        pod.FromUnixNanoseconds,
        pod.UntilUnixNanoseconds);
}
