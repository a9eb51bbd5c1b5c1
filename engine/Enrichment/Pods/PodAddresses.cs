using System.Net;
using NetMon.Enrichment.Workloads;
using NetMon.Events;

namespace NetMon.Enrichment.Pods;

/// <summary>
/// The addresses of a pod's sandbox, or of a container outside Kubernetes with addresses of its own, and from when to when they are
/// its. Immutable.
/// </summary>
/// <param name="SandboxId">Of the sandbox, or of the container.</param>
/// <param name="Pod">Which pod; of a container outside Kubernetes its name, without a namespace and a uid.</param>
/// <param name="Workload">What it is part of.</param>
/// <param name="Addresses">IPv4 and IPv6; none where it shares the node's network.</param>
/// <param name="IsHostNetwork">It shares the node's network: the node's addresses are not its own.</param>
/// <param name="FromUnixNanoseconds">When it began.</param>
/// <param name="UntilUnixNanoseconds">When it ended; 0: it is there.</param>
public sealed record PodAddresses(
    string SandboxId,
    PodName Pod,
    Workload Workload,
    IReadOnlyList<IPAddress> Addresses,
    bool IsHostNetwork,
    long FromUnixNanoseconds,
    long UntilUnixNanoseconds = 0)
{
    /// <summary>Addresses that are kept of one pod; Kubernetes gives it two at most.</summary>
    public const int Most = 16;

    /// <summary>Whether it is a pod of Kubernetes, so that its sandbox's id is never used again.</summary>
    public bool IsPod => Pod.Uid.Length > 0 || Pod.Namespace.Length > 0;

    /// <summary>Whether another report says the same of its beginning.</summary>
    public bool IsSameAs(PodAddresses other) =>
        SandboxId == other.SandboxId && Pod == other.Pod && Workload == other.Workload && IsHostNetwork == other.IsHostNetwork
        && FromUnixNanoseconds == other.FromUnixNanoseconds && Addresses.SequenceEqual(other.Addresses);
}
