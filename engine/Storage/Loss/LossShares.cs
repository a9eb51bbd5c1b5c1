using NetMon.Events;

namespace NetMon.Storage.Loss;

/// <summary>
/// Splits the growth of a loss counter by cgroup, so that the parts are never more than the whole: the counters of cgroups are
/// read later than their total, and what they are ahead of it counts the next time. One thread.
/// </summary>
internal sealed class LossShares
{
    /// <summary>Cgroups that are named in one split; the others are what remains of the whole.</summary>
    public const int MostCgroups = 10;

    private readonly Dictionary<(string Stage, string Reason), Dictionary<ulong, long>> _counted = [];

    /// <summary>The greatest parts, greatest first.</summary>
    /// <param name="stage">The counter's.</param>
    /// <param name="reason">The counter's.</param>
    /// <param name="growth">By how much it grew since the last split.</param>
    /// <param name="cgroups">The cgroups' totals of all counters.</param>
    public List<(ulong CgroupId, long Count)> Of(string stage, string reason, long growth, IReadOnlyList<CgroupLoss> cgroups)
    {
        var before = _counted.GetValueOrDefault((stage, reason)) ?? [];
        var counted = new Dictionary<ulong, long>(); // of those that are still listed, so it is bounded as the list is
        List<(ulong CgroupId, long Count)> grown = [];
        foreach (var loss in cgroups.Where(loss => loss.Stage == stage && loss.Reason == reason))
        {
            var known = before.GetValueOrDefault(loss.CgroupId);
            known = known <= loss.Count ? known : 0; // it was forgotten meanwhile, and began anew
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
