using System.Globalization;
using NetMon.Events;
using NetMon.Sources;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>
/// A series for each of the top cgroups, and one for all others. An event is counted once, in the series that its cgroup had at that time,
/// so that no series decreases. The series of a cgroup that is no longer at the top is removed.
/// </summary>
/// <param name="counter">Its labels are those of <paramref name="first"/>, then cgroup_id, container_id, pod_name, pod_namespace, container_name.</param>
/// <param name="first">Values of the labels before the cgroup's.</param>
/// <param name="containerOf">Returns the container of a cgroup; null if there is none.</param>
internal sealed class TopSeries(Counter counter, string[] first, Func<ulong, ContainerIdentity?> containerOf)
{
    /// <summary>The number of cgroups with a series of their own.</summary>
    public const int Most = 10;

    private readonly Dictionary<ulong, string[]> _series = [];
    private readonly Counter.Child _others = counter.WithLabels([.. first, "other", "", "", "", ""]);
    private Dictionary<ulong, ulong> _counted = [];
    private ulong _countedInAll;

    /// <summary>Returns the cgroups with the highest counts, except those with zero.</summary>
    public static HashSet<ulong> Of(IEnumerable<CgroupCounters> cgroups, Func<CgroupCounters, ulong> count) =>
        [.. cgroups.Where(cgroup => count(cgroup) > 0).OrderByDescending(count).ThenBy(cgroup => cgroup.CgroupId).Take(Most).Select(cgroup => cgroup.CgroupId)];

    /// <summary>Counts what was added since the last update.</summary>
    /// <param name="cgroups">All cgroups.</param>
    /// <param name="count">Returns the count of a cgroup.</param>
    /// <param name="top">The cgroups with a series.</param>
    /// <param name="all">The total, including events without a cgroup of their own; read before <paramref name="cgroups"/>.</param>
    public void Update(IReadOnlyList<CgroupCounters> cgroups, Func<CgroupCounters, ulong> count, HashSet<ulong> top, ulong all)
    {
        var left = all - _countedInAll;
        var counted = new Dictionary<ulong, ulong>(cgroups.Count);
        foreach (var gone in _series.Keys.Where(cgroup => !top.Contains(cgroup)).ToList())
        {
            counter.RemoveLabelled(_series[gone]);
            _series.Remove(gone);
        }

        foreach (var cgroup in cgroups)
        {
            var (id, total) = (cgroup.CgroupId, count(cgroup));
            var before = _counted.GetValueOrDefault(id);
            before = before <= total ? before : 0; // the counter was evicted meanwhile and restarted at zero
            var grown = Math.Min(total - before, left);
            counted[id] = before + grown;
            if (top.Contains(id) && total > 0)
            {
                SeriesOf(id).Inc(grown);
                left -= grown;
            }
        }

        _others.Inc(left);
        (_counted, _countedInAll) = (counted, all);
    }

    private Counter.Child SeriesOf(ulong cgroup)
    {
        var container = containerOf(cgroup);
        string[] labels =
        [
            .. first, cgroup.ToString(CultureInfo.InvariantCulture),
            container?.ContainerId ?? "", container?.PodName ?? "", container?.PodNamespace ?? "", container?.ContainerName ?? "",
        ];
        var known = _series.GetValueOrDefault(cgroup);
        _series[cgroup] = labels;
        var series = counter.WithLabels(labels);
        if (known is not null && !known.SequenceEqual(labels)) // its names became known later
        {
            series.IncTo(counter.WithLabels(known).Value);
            counter.RemoveLabelled(known);
        }

        return series;
    }
}
