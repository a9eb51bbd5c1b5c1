using System.Runtime.InteropServices;

namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>
/// Sums up the kernel's accounts by cgroup, and releases accounts of cgroups that have long been silent for reuse. Bounded: beyond
/// <paramref name="most"/> cgroups, those that have been silent longest are evicted. Not thread-safe.
/// </summary>
/// <param name="elements">The number of accounts.</param>
/// <param name="most">The maximum number of cgroups.</param>
internal sealed class CgroupTally(int elements, int most = 8192)
{
    private const ulong ReleaseAfter = 600ul * 1_000_000_000;
    private const ulong ActiveFor = 3600ul * 1_000_000_000;

    /// <summary>The values of each account when last read. The kernel never resets its counters, so nothing is lost between two reads.</summary>
    private readonly Sum[] _read = new Sum[elements];
    private readonly Dictionary<ulong, Sum> _sums = [];

    /// <summary>Adds what was counted since the last call. The first account is for cgroups without one of their own.</summary>
    /// <param name="accounts">Shared with the kernel, which keeps counting.</param>
    /// <param name="now">CLOCK_MONOTONIC, nanoseconds.</param>
    public void Fold(Span<CgroupAccount> accounts, ulong now)
    {
        for (var at = 1; at < accounts.Length; at++)
        {
            ref var account = ref accounts[at];
            ref var read = ref _read[at];
            var cgroup = Volatile.Read(ref account.CgroupId); // first: only this thread resets it
            if (cgroup == 0)
            {
                continue;
            }

            var ringFull = Volatile.Read(ref account.DroppedRingFull);
            var fairShare = Volatile.Read(ref account.DroppedFairShare);
            var seen = Volatile.Read(ref account.Seen); // last, because the kernel increments it first: never less than what was lost
            if (seen != read.Seen || ringFull != read.RingFull || fairShare != read.FairShare)
            {
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, cgroup, out _);
                sum.Seen += seen - read.Seen;
                sum.RingFull += ringFull - read.RingFull;
                sum.FairShare += fairShare - read.FairShare;
                sum.ChangedAt = now;
                read = new Sum { Seen = seen, RingFull = ringFull, FairShare = fairShare, ChangedAt = now };
            }
            else if (now > Math.Max(read.ChangedAt, Volatile.Read(ref account.LastNanoseconds)) + ReleaseAfter)
            {
                // All counts are in the sums now. If a program found the account just before and counts just after, the next read
                // attributes that one record to the account's next cgroup.
                Volatile.Write(ref account.CgroupId, 0);
            }
        }

        if (_sums.Count > most)
        {
            ForgetSilent();
        }
    }

    /// <summary>Returns a copy of the sums, in no order.</summary>
    /// <param name="now">CLOCK_MONOTONIC, nanoseconds.</param>
    public IReadOnlyList<CgroupCounters> Counters(ulong now)
    {
        var counters = new List<CgroupCounters>(_sums.Count);
        foreach (var (cgroup, sum) in _sums)
        {
            counters.Add(new CgroupCounters(cgroup, sum.Seen, sum.RingFull, sum.FairShare, now - sum.ChangedAt < ActiveFor));
        }

        return counters;
    }

    /// <summary>Evicts a quarter at once, so that it does not happen on every read.</summary>
    private void ForgetSilent()
    {
        foreach (var (cgroup, _) in _sums.OrderBy(sum => sum.Value.ChangedAt).Take(_sums.Count - most * 3 / 4).ToList())
        {
            _sums.Remove(cgroup);
        }
    }

    private struct Sum
    {
        public ulong Seen;
        public ulong RingFull;
        public ulong FairShare;
        public ulong ChangedAt;
    }
}
