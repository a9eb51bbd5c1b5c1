using NetMon.Events;
using NetMon.Foundation;

namespace NetMon.Enrichment;

/// <summary>A container as far as it is known: from its cgroup's path, from a runtime, or both.</summary>
internal sealed class KnownContainer(string id)
{
    /// <summary>What its events bear; replaced by another one when more is known. Any thread may read it.</summary>
    public ContainerIdentity Identity { get; private set; } = new(id);

    /// <summary>Cgroups of it that the directory holds, ended ones included.</summary>
    public int Cgroups { get; set; }

    /// <summary>The runtimes that were asked for it and have not answered, one bit each.</summary>
    public uint Owed { get; set; }

    /// <summary>The pauses between requests for its names; null before the first.</summary>
    public BackOff? Retry { get; set; }

    /// <summary>When to ask for it again, milliseconds of the directory's clock.</summary>
    public long AskAgain { get; set; }

    /// <summary>It is among those that are asked for again.</summary>
    public bool IsInRound { get; set; }

    /// <summary>Cgroups of it that have not ended.</summary>
    public int LiveCgroups { get; set; }

    /// <summary>When its first cgroup was made, or was found at the start, Unix nanoseconds; 0: not known.</summary>
    public long MadeUnixNanoseconds { get; set; }

    /// <summary>When its last cgroup was removed, Unix nanoseconds; 0: it was not.</summary>
    public long EndedUnixNanoseconds { get; set; }

    /// <summary>
    /// Takes in what a runtime says. The pod's uid stays as the path has it where the runtime leaves it out, and a guess at
    /// the workload does not replace what is known.
    /// </summary>
    public void Name(ContainerIdentity told)
    {
        var identity = told.PodUid.Length > 0 ? told : told with { PodUid = Identity.PodUid };
        if (identity.WorkloadKind.Length == 0 && Identity.WorkloadKind.Length > 0)
        {
            identity = identity with { Workload = Identity.Workload, WorkloadKind = Identity.WorkloadKind, PodLabels = Identity.PodLabels };
        }

        if (identity != Identity)
        {
            Identity = identity;
        }

        Owed = 0;
    }

    /// <summary>Takes in the pod's uid as the path has it.</summary>
    public void PlaceInPod(string podUid)
    {
        if (Identity.PodUid.Length == 0 && podUid.Length > 0)
        {
            Identity = Identity with { PodUid = podUid };
        }
    }
}
