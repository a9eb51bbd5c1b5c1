using NetMon.Enrichment.Pods;
using NetMon.Storage.Owners;

namespace NetMon.Host;

/// <summary>Converts the directory's pod addresses to owners as stored in files.</summary>
internal static class PodOwners
{
    /// <summary>Returns the owner of a sandbox's addresses. A pod on the host network has none.</summary>
    public static AddressOwner Of(PodAddresses pod) => new(
        pod.SandboxId,
        new OwnerName(pod.Pod.Name, pod.Pod.Namespace, pod.Pod.Uid, pod.Workload.Name, pod.Workload.Kind),
        pod.IsHostNetwork ? [] : [.. pod.Addresses.Select(NodeAddresses.Text)],
        pod.FromUnixNanoseconds,
        pod.UntilUnixNanoseconds);
}
