using NetMon.Events;
using NetMon.Foundation;

namespace NetMon.Enrichment;

/// <summary>What is known of a container: from its cgroup's path, from a runtime, or both.</summary>
internal sealed class KnownContainer(string id)
{
    /// <summary>The identity in its events; replaced when more becomes known. May be read on any thread.</summary>
    public ContainerIdentity Identity { get; private set; } = new(id);

    /// <summary>The number of its cgroups in the directory, including ended ones.</summary>
    public int Cgroups { get; set; }

    /// <summary>One bit for each runtime that was asked for it and has not answered.</summary>
    public uint Unanswered { get; set; }

    /// <summary>The pauses between requests for its names; null before the first.</summary>
    public BackOff? Retry { get; set; }

    /// <summary>When to request its names again, in milliseconds of the directory's clock.</summary>
    public long AskAgain { get; set; }

    /// <summary>Whether it is in the queue of repeated requests.</summary>
    public bool IsInRound { get; set; }

    /// <summary>The number of its cgroups that have not ended.</summary>
    public int LiveCgroups { get; set; }

    /// <summary>When its first cgroup was created, or was found at the start, Unix nanoseconds; 0: unknown.</summary>
    public long MadeUnixNanoseconds { get; set; }

    /// <summary>When its last cgroup was removed, Unix nanoseconds; 0: not removed.</summary>
    public long EndedUnixNanoseconds { get; set; }

    /// <summary>
    /// Applies a runtime's report. Keeps the pod's uid from the path if the runtime does not report it, and does not replace a known workload by a guess.
    /// </summary>
    public void Name(ContainerIdentity reported)
    {
        var identity = reported.PodUid.Length > 0 ? reported : reported with { PodUid = Identity.PodUid };
        if (identity.WorkloadKind.Length == 0 && Identity.WorkloadKind.Length > 0)
        {
            identity = identity with { Workload = Identity.Workload, WorkloadKind = Identity.WorkloadKind, PodLabels = Identity.PodLabels };
        }

        if (identity != Identity)
        {
            Identity = identity;
        }

        Unanswered = 0;
    }

    /// <summary>Sets the pod's uid from the path.</summary>
    public void PlaceInPod(string podUid)
    {
        if (Identity.PodUid.Length == 0 && podUid.Length > 0)
        {
            Identity = Identity with { PodUid = podUid };
        }
    }
}
