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
    public void An_event_of_a_container_has_its_id_and_pod_before_anybody_was_asked_and_its_names_once_they_are_told()
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
    public void Names_that_are_told_before_the_cgroup_is_made_are_there_at_once_and_nobody_is_asked()
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
    public void A_process_of_the_host_has_none_and_waits_for_nothing()
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
    public void Nobody_waits_for_a_runtime_that_does_not_answer_or_has_said_that_it_does_not_know()
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
    public void With_two_runtimes_an_event_waits_until_both_have_denied()
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
    public void No_denial_is_for_ever_it_is_asked_for_again_at_growing_pauses()
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
    public void An_ended_container_is_known_for_its_last_close_and_then_forgotten()
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
    public void A_cgroup_id_that_is_used_anew_belongs_to_the_new_container_and_the_old_ones_end_does_not_end_it()
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
    public void A_cgroup_that_is_told_of_again_by_a_reading_of_the_tree_is_the_same()
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
    public void An_unknown_cgroup_has_the_tree_read_and_its_event_waits_for_that_once()
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
    public void A_cgroup_that_no_reading_finds_is_looked_for_ever_more_rarely()
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
    public void In_nested_containers_the_outermost_that_a_runtime_knows_has_the_event()
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
    public void The_pods_uid_stays_where_the_runtime_leaves_it_out()
    {
        var node = new DirectoryUnderTest();
        node.Made(7, PathOf(1));
        node.Tell(Named(1) with { PodUid = "" });
        Assert.Equal(PodUid(1), node.Of(7).Container!.PodUid);
    }

    [Fact]
    public void Of_too_many_ended_cgroups_the_first_to_end_goes_and_it_is_said_how_soon()
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
    public void However_many_cgroups_there_are_it_holds_no_more_than_its_bound_and_the_living_stay()
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
    public void However_many_cgroups_events_come_from_that_nothing_tells_of_it_holds_no_more_than_its_bound()
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
    public void However_much_a_runtime_tells_of_that_has_no_cgroup_it_holds_no_more_than_its_bound()
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
    public void A_path_of_any_bytes_is_the_hosts(byte[] path)
    {
        var node = new DirectoryUnderTest();
        node.Directory.Learn(CgroupRecord.Of(RecordKind.CgroupMade, 0, 7, path));
        Assert.Equal((null, true), node.Of(7));
    }

    [Fact]
    public void A_path_that_fills_its_record_or_is_longer_still_tells_the_container()
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
