using System.Text;
using NetMon.Enrichment;
using NetMon.Events;
using Xunit;
using static NetMon.UnitTests.Enrichment.DirectoryUnderTest;

namespace NetMon.UnitTests.Enrichment;

public sealed class ContainerDirectoryTests
{
    private static readonly ContainerDirectoryOptions Usual = new();

    [Fact]
    public void A_container_event_has_id_and_pod_without_a_lookup_and_names_once_reported()
    {
        var node = new DirectoryUnderTest();
        node.Made(7, PathOf(1));
        Assert.Equal((new ContainerIdentity(Id(1), PodUid: PodUid(1)), false), node.Of(7));
        Assert.Equal([Id(1)], node.Names.Asked);

        node.Tell(Named(1));
        Assert.Equal((Named(1), true), node.Of(7));
        Assert.Equal(Named(1), node.Directory.Of(Id(1)));
        Assert.Equal(Named(1), node.Directory.Of(7ul));
        Assert.Null(node.Directory.Of(8ul));
    }

    [Fact]
    public void Names_reported_before_the_cgroup_exists_are_used_without_a_lookup()
    {
        var node = new DirectoryUnderTest();
        node.Tell(Named(1));
        node.Made(7, PathOf(1));
        Assert.Equal((Named(1), true), node.Of(7));
        Assert.Empty(node.Names.Asked);
    }

    [Fact]
    public void All_events_of_a_container_share_one_identity()
    {
        var node = new DirectoryUnderTest();
        node.Made(7, PathOf(1));
        node.Made(8, PathOf(1) + "/init.scope");
        node.Tell(Named(1));
        Assert.Same(node.Of(7).Container, node.Of(8).Container);
    }

    [Fact]
    public void A_host_process_has_no_container_and_waits_for_nothing()
    {
        var node = new DirectoryUnderTest();
        node.Made(1, "/");
        node.Made(5, "/system.slice/sshd.service");
        Assert.Equal((null, true), node.Of(1));
        var (unit, isSettled) = node.Of(5);
        Assert.True(isSettled);
        Assert.Equal(("", "node/sshd.service", "SystemdUnit", false), (unit!.ContainerId, unit.Workload, unit.WorkloadKind, unit.IsContainer));
        Assert.Equal((null, true), node.Of(0)); // the kernel did not know the owner
        Assert.Equal(0, node.Directory.Counters.Unknown);
    }

    [Fact]
    public void Events_do_not_wait_for_a_silent_runtime_or_one_that_does_not_know_the_container()
    {
        var node = new DirectoryUnderTest();
        node.Made(7, PathOf(1));
        Assert.False(node.Of(7).Settled);
        node.Names.Answering = 0;
        Assert.True(node.Of(7).Settled);
        node.Names.Answering = 1;
        node.Deny(Id(1));
        Assert.True(node.Of(7).Settled);
    }

    [Fact]
    public void With_two_runtimes_an_event_waits_until_neither_knows_the_container()
    {
        var node = new DirectoryUnderTest();
        (node.Names.Present, node.Names.Answering) = (0b11, 0b11);
        node.Made(7, PathOf(1));
        node.Deny(Id(1));
        Assert.False(node.Of(7).Settled);
        node.Names.Answering = 0b01; // the runtime that has not answered yet is gone
        Assert.True(node.Of(7).Settled);
    }

    [Fact]
    public void An_unknown_container_is_looked_up_again_at_growing_intervals()
    {
        var node = new DirectoryUnderTest();
        node.Made(7, PathOf(1));
        for (var second = 0; second < 600; second++)
        {
            node.Deny(Id(1));
            node.Pass(TimeSpan.FromSeconds(1));
        }

        // Doubling from 0.1 s to a minute takes ten requests, then one a minute, each with 20 % jitter.
        Assert.InRange(node.Names.Asked.Count, 12, 24);
        node.Tell(Named(1));
        Assert.Equal(Named(1), node.Of(7).Container);
        var asked = node.Names.Asked.Count;
        node.Pass(TimeSpan.FromHours(1));
        Assert.Equal(asked, node.Names.Asked.Count);
    }

    [Fact]
    public void An_ended_container_stays_known_for_its_last_CLOSE_and_is_then_forgotten()
    {
        var node = new DirectoryUnderTest();
        node.Made(7, PathOf(1));
        node.Tell(Named(1));
        node.Removed(7);
        node.Pass(Usual.KeepEnded - TimeSpan.FromSeconds(1));
        Assert.Equal(Named(1), node.Of(7).Container);
        node.Pass(TimeSpan.FromSeconds(1));
        Assert.Null(node.Of(7).Container);
        Assert.Null(node.Directory.Of(Id(1)));
        Assert.Equal((0, 0), (node.Directory.Counters.Containers, node.Directory.Counters.Named));
        Assert.Equal(0, node.Directory.Counters.Evicted);
    }

    [Fact]
    public void A_reused_cgroup_id_belongs_to_the_new_container_even_after_the_old_one_expires()
    {
        var node = new DirectoryUnderTest();
        node.Made(7, PathOf(1));
        node.Tell(Named(1), Named(2));
        node.Removed(7);
        node.Made(7, PathOf(2));
        Assert.Equal(Named(2), node.Of(7).Container);
        node.Pass(Usual.KeepEnded * 2);
        Assert.Equal(Named(2), node.Of(7).Container);
    }

    [Fact]
    public void A_cgroup_found_again_by_a_tree_scan_is_the_same()
    {
        var node = new DirectoryUnderTest();
        node.Made(7, PathOf(1));
        node.Made(7, PathOf(1));
        Assert.Equal((1, 1), (node.Directory.Counters.Cgroups, node.Directory.Counters.Containers));
        node.Removed(7);
        node.Removed(7);
        node.Pass(Usual.KeepEnded);
        Assert.Equal((0, 0), (node.Directory.Counters.Cgroups, node.Directory.Counters.Containers));
    }

    [Fact]
    public void An_unknown_cgroup_triggers_a_tree_scan_and_its_event_waits_once()
    {
        var node = new DirectoryUnderTest();
        Assert.Equal((null, false), node.Of(7));
        Assert.Equal((null, false), node.Of(7));
        Assert.Equal(1, node.Rescans);
        node.Made(7, PathOf(1));
        Assert.Equal(Id(1), node.Of(7).Container!.ContainerId);
        Assert.Equal(1, node.Directory.Counters.Unknown);
    }

    [Fact]
    public void A_cgroup_that_no_scan_finds_is_searched_less_and_less_often()
    {
        var node = new DirectoryUnderTest();
        for (var second = 0; second < 3600; second++)
        {
            _ = node.Of(7);
            node.Pass(TimeSpan.FromSeconds(1));
        }

        _ = node.Of(7);
        node.Pass(Usual.RescanPause);
        Assert.True(node.Of(7).Settled);
        Assert.InRange(node.Rescans, 7, 70); // every 64 s in the end, and again when the unknown cgroup is forgotten
        Assert.Equal(node.Rescans, node.Directory.Counters.Rescans);
    }

    [Fact]
    public void An_event_of_nested_containers_belongs_to_the_outermost_known_one()
    {
        var node = new DirectoryUnderTest();
        node.Made(7, $"{PathOf(1)}/docker/{Id(2)}");
        Assert.Equal(Id(1), node.Of(7).Container!.ContainerId);
        node.Tell(Named(2));
        Assert.Equal(Named(2), node.Of(7).Container);
        node.Tell(Named(1));
        Assert.Equal(Named(1), node.Of(7).Container);
    }

    [Fact]
    public void The_pod_uid_stays_if_the_runtime_omits_it()
    {
        var node = new DirectoryUnderTest();
        node.Made(7, PathOf(1));
        node.Tell(Named(1) with { PodUid = "" });
        Assert.Equal(PodUid(1), node.Of(7).Container!.PodUid);
    }

    [Fact]
    public void Too_many_ended_cgroups_evict_the_oldest_and_the_shortest_stay_is_kept()
    {
        var node = new DirectoryUnderTest(Usual with { MostEnded = 10 });
        for (var n = 1; n <= 15; n++)
        {
            node.Made((ulong)n, PathOf(n));
            node.Removed((ulong)n);
            node.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((10, 10, 5), (node.Directory.Counters.Cgroups, node.Directory.Counters.Containers, node.Directory.Counters.Evicted));
        Assert.Equal(11_000, node.Directory.Counters.ShortestStay);
        Assert.Null(node.Directory.Of(Id(5)));
        Assert.NotNull(node.Directory.Of(Id(6)));
    }

    [Fact]
    public void Any_number_of_cgroups_stays_within_the_limit_and_living_ones_stay()
    {
        var node = new DirectoryUnderTest(Usual with { MostCgroups = 100 });
        node.Made(1, PathOf(1));
        for (var n = 2; n <= 1000; n++)
        {
            node.Made((ulong)n, PathOf(n));
            if (n % 2 == 0)
            {
                node.Removed((ulong)n);
            }
        }

        Assert.InRange(node.Directory.Counters.Cgroups, 1, 100);
        Assert.Equal(1000 - node.Directory.Counters.Cgroups, node.Directory.Counters.Evicted);
        Assert.Equal(Id(1), node.Of(1).Container!.ContainerId);
    }

    [Fact]
    public void Any_number_of_unknown_cgroups_stays_within_the_limit()
    {
        var node = new DirectoryUnderTest(Usual with { MostEnded = 50 });
        for (var n = 1ul; n <= 1000; n++)
        {
            _ = node.Of(n);
            node.Pass(TimeSpan.Zero);
        }

        Assert.Equal(50, node.Directory.Counters.Cgroups);
    }

    [Fact]
    public void Any_number_of_reported_containers_without_a_cgroup_stays_within_the_limit()
    {
        var node = new DirectoryUnderTest(Usual with { MostUnplaced = 20 });
        node.Made(1, PathOf(1));
        node.Tell([.. Enumerable.Range(1, 500).Select(Named)]);
        Assert.Equal((21, 21), (node.Directory.Counters.Containers, node.Directory.Counters.Named));
        Assert.Equal(Named(1), node.Of(1).Container);
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe, (byte)'/', 0xc3, 0x28 })]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { (byte)'/', (byte)'.', (byte)'.', (byte)'/', (byte)'\n', (byte)'"' })]
    public void A_path_of_arbitrary_bytes_belongs_to_the_host(byte[] path)
    {
        var node = new DirectoryUnderTest();
        node.Directory.Learn(CgroupRecord.Of(RecordKind.CgroupMade, 0, 7, path));
        Assert.Equal((null, true), node.Of(7));
    }

    [Fact]
    public void A_path_that_fills_its_record_or_is_truncated_identifies_the_container()
    {
        var node = new DirectoryUnderTest();
        node.Made(7, PathOf(1) + "/" + new string('x', 1000));
        Assert.Equal(Id(1), node.Of(7).Container!.ContainerId);

        var unterminated = CgroupRecord.Of(RecordKind.CgroupMade, 0, 8, Encoding.UTF8.GetBytes(PathOf(2) + "/" + new string('y', 400)));
        ((Span<byte>)unterminated.Path).Replace((byte)0, (byte)'z'); // a kernel never writes this
        node.Directory.Learn(in unterminated);
        Assert.Equal(Id(2), node.Of(8).Container!.ContainerId);
    }
}
