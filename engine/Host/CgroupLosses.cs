using System.Collections.Concurrent;
using System.Globalization;
using NetMon.Events;
using NetMon.Sources;

namespace NetMon.Host;

/// <summary>What the source saw and lost by cgroup, and whose cgroups those are. Any thread.</summary>
/// <param name="source">Keeps the account.</param>
/// <param name="find">The container that a cgroup is in, as far as it is known now.</param>
internal sealed class CgroupLosses(IRecordSource source, Func<ulong, ContainerIdentity?> find)
{
    private const int MostNamed = 5;

    /// <summary>Cgroups whose names are kept; far more than are asked about in the time that their end takes to be forgotten elsewhere.</summary>
    private const int MostRemembered = 1024;

    private readonly ConcurrentDictionary<ulong, ContainerIdentity> _remembered = new();

    /// <summary>What was seen and lost of each cgroup.</summary>
    public IReadOnlyList<CgroupCounters> Counters() => source.ReadCgroups();

    /// <summary>The cgroups' parts of the loss counters; what these lack has no account of its own.</summary>
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

    /// <summary>The container that a cgroup is in, also long after its end if it was asked for before; null for one of the host, or where it is not known.</summary>
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

    /// <summary>One line for the log: who lost most. Null where nothing is lost that could be somebody's.</summary>
    public string? Summary()
    {
        var all = source.ReadCounters(); // first: of no cgroup is more lost than of all
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
