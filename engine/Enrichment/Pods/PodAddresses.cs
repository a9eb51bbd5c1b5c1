using System.Net;
using NetMon.Enrichment.Workloads;
using NetMon.Events;

namespace NetMon.Enrichment.Pods;

/// <summary>
/// The addresses of a pod's sandbox, or of a container outside Kubernetes, and the time range during which it has them.
/// Immutable.
/// </summary>
/// <param name="SandboxId">The id of the sandbox or container.</param>
/// <param name="Pod">The pod; for a container outside Kubernetes, its name without namespace and uid.</param>
/// <param name="Workload">The workload that it belongs to.</param>
/// <param name="Addresses">IPv4 and IPv6; empty on the host network.</param>
/// <param name="IsHostNetwork">Whether it is on the host network, and so shares the addresses of the node.</param>
/// <param name="FromUnixNanoseconds">When it started.</param>
/// <param name="UntilUnixNanoseconds">When it ended; 0: still running.</param>
public sealed record PodAddresses(
    string SandboxId,
    PodName Pod,
    Workload Workload,
    IReadOnlyList<IPAddress> Addresses,
    bool IsHostNetwork,
    long FromUnixNanoseconds,
    long UntilUnixNanoseconds = 0)
{
    /// <summary>The maximum number of addresses kept for a pod; Kubernetes assigns at most two.</summary>
    public const int Most = 16;

    /// <summary>Whether it is a pod of Kubernetes, with a sandbox id that is never reused.</summary>
    public bool IsPod => Pod.Uid.Length > 0 || Pod.Namespace.Length > 0;

    /// <summary>Whether another report of its start has the same content.</summary>
    public bool IsSameAs(PodAddresses other) =>
        SandboxId == other.SandboxId && Pod == other.Pod && Workload == other.Workload && IsHostNetwork == other.IsHostNetwork
        && FromUnixNanoseconds == other.FromUnixNanoseconds && Addresses.SequenceEqual(other.Addresses);
}
