using System.Runtime.InteropServices;

namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>
/// Sums the kernel's accounts by cgroup, and gives back elements whose cgroup has long been silent, so that others find
/// one. Bounded: past <paramref name="most"/> cgroups, those that were silent longest are forgotten. One thread at a time.
/// </summary>
/// <param name="elements">How many accounts there are.</param>
/// <param name="most">Cgroups at most.</param>
internal sealed class CgroupTally(int elements, int most = 8192)
{
    private const ulong GiveBackAfter = 600ul * 1_000_000_000;
    private const ulong ActiveFor = 3600ul * 1_000_000_000;

    /// <summary>What each element said the last time. The kernel's counts are never set back, so none is lost between two readings.</summary>
    private readonly Sum[] _read = new Sum[elements];
    private readonly Dictionary<ulong, Sum> _sums = [];

    /// <summary>Adds what the accounts have counted since the last time. The first element belongs to no cgroup of its own.</summary>
    /// <param name="accounts">Shared with the kernel, which goes on counting.</param>
    /// <param name="now">CLOCK_MONOTONIC, nanoseconds.</param>
    public void Fold(Span<CgroupAccount> accounts, ulong now)
    {
        for (var at = 1; at < accounts.Length; at++)
        {
            ref var account = ref accounts[at];
            ref var read = ref _read[at];
            var cgroup = Volatile.Read(ref account.CgroupId); // first: only this thread takes it away again
            if (cgroup == 0)
            {
                continue;
            }

            var ringFull = Volatile.Read(ref account.DroppedRingFull);
            var fairShare = Volatile.Read(ref account.DroppedFairShare);
            var seen = Volatile.Read(ref account.Seen); // last, as the kernel adds to it first: never less than what was lost of it
            if (seen != read.Seen || ringFull != read.RingFull || fairShare != read.FairShare)
            {
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, cgroup, out _);
                sum.Seen += seen - read.Seen;
                sum.RingFull += ringFull - read.RingFull;
                sum.FairShare += fairShare - read.FairShare;
                sum.ChangedAt = now;
                read = new Sum { Seen = seen, RingFull = ringFull, FairShare = fairShare, ChangedAt = now };
            }
            else if (now > Math.Max(read.ChangedAt, Volatile.Read(ref account.LastNanoseconds)) + GiveBackAfter)
            {
                // All that was counted is in the sums by now. A program that found the element just before and counts just
                // after adds to what the next reading finds: that one record goes to the cgroup that has the element next.
                Volatile.Write(ref account.CgroupId, 0);
            }
        }

        if (_sums.Count > most)
        {
            ForgetSilent();
        }
    }

    /// <summary>A copy of the sums, in no order.</summary>
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

    /// <summary>A quarter at once, so that it does not happen at every reading.</summary>
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
