using System.Collections.Concurrent;
using System.Globalization;
using NetMon.Events;
using NetMon.Sources;

namespace NetMon.Host;

/// <summary>What the source saw and lost by cgroup, with the cgroups' containers. Thread-safe.</summary>
/// <param name="source">Keeps the counters.</param>
/// <param name="find">Returns the container of a cgroup, if it is known now.</param>
internal sealed class CgroupLosses(IRecordSource source, Func<ulong, ContainerIdentity?> find)
{
    private const int MostNamed = 5;

    /// <summary>The maximum number of cgroups with remembered names; far more than are looked up in the time after which ended ones are forgotten elsewhere.</summary>
    private const int MostRemembered = 1024;

    private readonly ConcurrentDictionary<ulong, ContainerIdentity> _remembered = new();

    /// <summary>Returns what was seen and lost, by cgroup.</summary>
    public IReadOnlyList<CgroupCounters> Counters() => source.ReadCgroups();

    /// <summary>Returns the loss counters by cgroup. The rest of a counter has no cgroup of its own.</summary>
    public IReadOnlyList<CgroupLoss> Totals()
    {
        List<CgroupLoss> losses = [];
        foreach (var cgroup in source.ReadCgroups())
        {
            if (cgroup.RingFull > 0)
            {
                losses.Add(new CgroupLoss(LossAccount.Source, LossAccount.RingFull, cgroup.CgroupId, (long)cgroup.RingFull));
            }

            if (cgroup.FairShare > 0)
            {
                losses.Add(new CgroupLoss(LossAccount.Source, LossAccount.FairShare, cgroup.CgroupId, (long)cgroup.FairShare));
            }
        }

        return losses;
    }

    /// <summary>Returns the container of a cgroup, even long after its end if it was looked up before; null for cgroups of the host and unknown ones.</summary>
    public ContainerIdentity? ContainerOf(ulong cgroupId)
    {
        if (find(cgroupId) is not { } found)
        {
            return _remembered.GetValueOrDefault(cgroupId);
        }

        if (_remembered.Count >= MostRemembered && !_remembered.ContainsKey(cgroupId))
        {
            _remembered.Clear();
        }

        return _remembered[cgroupId] = found;
    }

    /// <summary>Returns a log line with the cgroups that lost most; null if no losses are known by cgroup.</summary>
    public string? Summary()
    {
        var all = source.ReadCounters(); // first, so that no cgroup has lost more than the total
        var cgroups = source.ReadCgroups();
        if (all.RingFull + all.FairShare == 0)
        {
            return null;
        }

        List<string> parts = [];
        var (ringFull, fairShare) = (all.RingFull, all.FairShare);
        foreach (var cgroup in cgroups.Where(cgroup => cgroup.Lost > 0).OrderByDescending(cgroup => cgroup.Lost).ThenBy(cgroup => cgroup.CgroupId).Take(MostNamed))
        {
            parts.Add($"{NameOf(cgroup.CgroupId)} {Counts(cgroup.RingFull, cgroup.FairShare)}");
            (ringFull, fairShare) = (ringFull - Math.Min(ringFull, cgroup.RingFull), fairShare - Math.Min(fairShare, cgroup.FairShare));
        }

        if (ringFull + fairShare > 0)
        {
            parts.Add($"others {Counts(ringFull, fairShare)}");
        }

        return $"lost by cgroup: {string.Join("; ", parts)}";
    }

    private static string Counts(ulong ringFull, ulong fairShare) => string.Join(", ", Count(LossAccount.RingFull, ringFull).Concat(Count(LossAccount.FairShare, fairShare)));

    private static IEnumerable<string> Count(string reason, ulong count) =>
        count == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{LossAccount.Source}.{reason} {count}")];

    private string NameOf(ulong cgroupId)
    {
        var id = cgroupId.ToString(CultureInfo.InvariantCulture);
        return ContainerOf(cgroupId) switch
        {
            null => id,
            { PodName.Length: > 0 } pod => $"{id} ({pod.PodNamespace}/{pod.PodName}{(pod.ContainerName.Length == 0 ? "" : $"/{pod.ContainerName}")})",
            { ContainerName.Length: > 0 } container => $"{id} ({container.ContainerName})",
            var unnamed => $"{id} (container {unnamed.ContainerId[..Math.Min(ContainerIdentity.ShortIdLength, unnamed.ContainerId.Length)]})",
        };
    }
}
