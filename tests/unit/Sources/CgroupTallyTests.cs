using NetMon.Sources;
using NetMon.Sources.Kernel.Cgroups;
using Xunit;

namespace NetMon.UnitTests.Sources;

/// <summary>Totals of the kernel's per-cgroup accounts.</summary>
public sealed class CgroupTallyTests
{
    private const ulong Minute = 60ul * 1_000_000_000;
    private readonly CgroupAccount[] _accounts = new CgroupAccount[8];
    private readonly CgroupTally _tally = new(8, most: 4);
    private ulong _now = 1000 * Minute;

    [Fact]
    public void Counts_of_an_element_belong_to_its_cgroup()
    {
        _accounts[3] = new CgroupAccount { CgroupId = 77, Seen = 10, DroppedRingFull = 3, DroppedFairShare = 2 };
        Assert.Equal([new CgroupCounters(77, 10, 3, 2)], Fold());
        _accounts[3].Seen += 5;
        _accounts[3].DroppedFairShare += 4;

        Assert.Equal([new CgroupCounters(77, 15, 3, 6)], Fold());
        Assert.Equal([new CgroupCounters(77, 15, 3, 6)], Fold());
    }

    [Fact]
    public void The_first_element_and_free_ones_have_no_cgroup()
    {
        _accounts[0] = new CgroupAccount { Seen = 10, DroppedRingFull = 3 };
        _accounts[1] = new CgroupAccount { Seen = 1 };

        Assert.Empty(Fold());
    }

    [Fact]
    public void Elements_of_one_cgroup_add_up()
    {
        _accounts[2] = new CgroupAccount { CgroupId = 77, Seen = 10, DroppedRingFull = 3 };
        _accounts[4] = new CgroupAccount { CgroupId = 77, Seen = 1, DroppedFairShare = 1 };

        Assert.Equal([new CgroupCounters(77, 11, 3, 1)], Fold());
    }

    [Fact]
    public void A_long_silent_cgroup_releases_its_element_and_keeps_its_counts()
    {
        _accounts[3] = new CgroupAccount { CgroupId = 77, Seen = 10, DroppedRingFull = 3, LastNanoseconds = _now };
        Fold();
        Pass(10 * Minute);
        Assert.Equal(77ul, _accounts[3].CgroupId);
        Pass(1);

        Assert.Equal(0ul, _accounts[3].CgroupId);
        Assert.Equal([new CgroupCounters(77, 10, 3, 0)], Fold());
    }

    [Fact]
    public void The_next_cgroup_of_an_element_starts_from_the_counts_of_the_previous_one()
    {
        _accounts[3] = new CgroupAccount { CgroupId = 77, Seen = 10, DroppedRingFull = 3 };
        Fold();
        Pass(11 * Minute);
        _accounts[3].CgroupId = 88;
        _accounts[3].Seen = 12; // the kernel adds, whichever cgroup had the element before

        Assert.Equal([new CgroupCounters(77, 10, 3, 0), new CgroupCounters(88, 2, 0, 0)], Fold());
    }

    [Fact]
    public void A_cgroup_with_constant_drops_is_not_silent()
    {
        _accounts[3] = new CgroupAccount { CgroupId = 77, Seen = 1, DroppedRingFull = 1 };
        for (var minute = 0; minute < 30; minute++)
        {
            _accounts[3].Seen++;
            _accounts[3].DroppedRingFull++;
            Pass(Minute);
        }

        Assert.Equal(77ul, _accounts[3].CgroupId);
    }

    [Fact]
    public void After_an_hour_a_silent_cgroup_is_not_active()
    {
        _accounts[3] = new CgroupAccount { CgroupId = 77, Seen = 10 };
        Fold();
        Pass(60 * Minute);

        Assert.Equal([new CgroupCounters(77, 10, 0, 0, Active: false)], Fold());
    }

    [Fact]
    public void The_cgroups_that_were_silent_longest_are_evicted()
    {
        for (var cgroup = 1ul; cgroup <= 5; cgroup++)
        {
            _accounts[cgroup] = new CgroupAccount { CgroupId = cgroup, Seen = 1 };
            Pass(Minute);
        }

        Assert.Equal([3ul, 4, 5], Fold().Select(counters => counters.CgroupId));
    }

    private void Pass(ulong time)
    {
        _now += time;
        _tally.Fold(_accounts, _now);
    }

    private List<CgroupCounters> Fold()
    {
        _tally.Fold(_accounts, _now);
        return [.. _tally.Counters(_now).OrderBy(counters => counters.CgroupId)];
    }
}
