using NetMon.Events;

namespace NetMon.Storage.Loss;

/// <summary>
/// Splits the growth of a loss counter by cgroup. The parts never exceed the whole: the cgroups' counters are read after their total,
/// and any excess counts next time. Not thread-safe.
/// </summary>
internal sealed class LossShares
{
    /// <summary>The maximum number of cgroups in one split; the others are the remainder of the whole.</summary>
    public const int MostCgroups = 10;

    private readonly Dictionary<(string Stage, string Reason), Dictionary<ulong, long>> _counted = [];

    /// <summary>Returns the largest parts in descending order.</summary>
    /// <param name="stage">The counter's stage.</param>
    /// <param name="reason">The counter's reason.</param>
    /// <param name="growth">The counter's growth since the last split.</param>
    /// <param name="cgroups">The cgroups' totals for all counters.</param>
    public List<(ulong CgroupId, long Count)> Of(string stage, string reason, long growth, IReadOnlyList<CgroupLoss> cgroups)
    {
        var before = _counted.GetValueOrDefault((stage, reason)) ?? [];
        var counted = new Dictionary<ulong, long>(); // only of listed cgroups, so it is bounded as the list is
        List<(ulong CgroupId, long Count)> grown = [];
        foreach (var loss in cgroups.Where(loss => loss.Stage == stage && loss.Reason == reason))
        {
            var known = before.GetValueOrDefault(loss.CgroupId);
            known = known <= loss.Count ? known : 0; // the counter was evicted meanwhile and restarted at zero
            counted[loss.CgroupId] = known;
            if (loss.Count > known)
            {
                grown.Add((loss.CgroupId, loss.Count - known));
            }
        }

        List<(ulong CgroupId, long Count)> parts = [];
        foreach (var (cgroup, count) in grown.OrderByDescending(part => part.Count).ThenBy(part => part.CgroupId))
        {
            var part = Math.Min(count, growth);
            growth -= part;
            counted[cgroup] += part;
            if (part > 0 && parts.Count < MostCgroups)
            {
                parts.Add((cgroup, part));
            }
        }

        _counted[(stage, reason)] = counted;
        return parts;
    }
}
