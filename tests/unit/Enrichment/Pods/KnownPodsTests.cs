using System.Net;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Workloads;
using NetMon.Events;
using Xunit;
using static NetMon.UnitTests.Enrichment.DirectoryUnderTest;

namespace NetMon.UnitTests.Enrichment.Pods;

/// <summary>The owner of each address and its time range, as the directory reports it.</summary>
public sealed class KnownPodsTests
{
    private readonly DirectoryUnderTest _node = new();
    private readonly List<PodAddresses> _passed = [];

    public KnownPodsTests() => _node.Directory.OnPod(_passed.Add);

    private long Now => (_node.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    [Fact]
    public void A_start_and_a_change_are_each_reported_once()
    {
        _node.Tell(new PodNews([Pod(1, "10.0.0.1")], []));
        _node.Tell(new PodNews([Pod(1, "10.0.0.1")], []));
        _node.Tell(new PodNews([Pod(1, "10.0.0.1", "fd00::1")], []));

        Assert.Equal([1, 2], _passed.Select(pod => pod.Addresses.Count));
        Assert.All(_passed, pod => Assert.Equal(0, pod.UntilUnixNanoseconds));
    }

    [Fact]
    public void A_pod_ends_once_with_the_last_cgroup_of_its_sandbox()
    {
        _node.Made(7, PathOf(1));
        _node.Made(8, PathOf(1) + "/inner");
        _node.Tell(new PodNews([Pod(1, "10.0.0.1")], []));
        _node.Removed(8);
        Assert.Single(_passed);

        _node.Removed(7);
        _node.Removed(7);
        _node.Tell(new PodNews([], [new PodEnd(Id(1), Now + 1_000_000)]));

        Assert.Equal([0, Now], _passed.Select(pod => pod.UntilUnixNanoseconds));
    }

    [Fact]
    public void The_creation_and_removal_of_the_sandbox_cgroup_bound_a_pod_whenever_they_are_reported()
    {
        _node.Made(7, PathOf(1), at: 20);
        _node.Tell(new PodNews([Pod(1, "10.0.0.1")], []));
        _node.Removed(7, at: 30);
        _node.Made(8, PathOf(2), at: 40);
        _node.Removed(8, at: 50);
        _node.Tell(new PodNews([Pod(2, "10.0.0.2")], []));
        _node.Tell(new PodNews([Pod(3, "10.0.0.3")], []));
        _node.Made(9, PathOf(3), at: 60);

        Assert.Equal(
            ["pod-1 20 0", "pod-1 20 30", "pod-2 40 0", "pod-2 40 50", "pod-3 10 0", "pod-3 60 0"],
            _passed.Select(pod => $"{pod.Pod.Name} {pod.FromUnixNanoseconds} {pod.UntilUnixNanoseconds}"));
    }

    [Fact]
    public void A_cgroup_found_long_after_its_creation_does_not_give_the_start_of_the_pod()
    {
        _node.Made(7, PathOf(1), at: 3_600_000_000_000);
        _node.Tell(new PodNews([Pod(1, "10.0.0.1")], []));

        Assert.Equal(10, Assert.Single(_passed).FromUnixNanoseconds);
    }

    [Fact]
    public void A_pod_ends_when_its_runtime_reports_it()
    {
        _node.Tell(new PodNews([Pod(1, "10.0.0.1")], []));
        _node.Tell(new PodNews([], [new PodEnd(Id(2), 70), new PodEnd(Id(1), 50)]));

        Assert.Equal([0, 50], _passed.Select(pod => pod.UntilUnixNanoseconds));
    }

    [Fact]
    public void A_pod_that_its_runtime_no_longer_lists_has_ended_and_those_of_other_runtimes_have_not()
    {
        _node.Tell(new PodNews([Pod(1, "10.0.0.1"), Pod(2, "10.0.0.2")], []));
        _node.Post(new RuntimeReport(1, [], []) { Pods = new PodNews([Pod(3, "10.0.0.3")], []) });
        _node.Tell(new PodNews([], [], new HashSet<string> { Id(2) }));

        Assert.Equal([(Id(1), Now)], _passed.Where(pod => pod.UntilUnixNanoseconds > 0).Select(pod => (pod.SandboxId, pod.UntilUnixNanoseconds)));
    }

    [Fact]
    public void A_restarted_Docker_container_does_not_end_with_its_previous_cgroup()
    {
        var container = new PodAddresses(Id(1), new PodName("", "db"), new Workload("container/db", ""), [IPAddress.Loopback], false, 100);
        _node.Made(7, "/docker/" + Id(1));
        _node.Tell(new PodNews([container], []));
        _node.Removed(7);
        _node.Tell(new PodNews([], [new PodEnd(Id(1), 99)])); // from the previous run
        Assert.Single(_passed);

        _node.Tell(new PodNews([], [new PodEnd(Id(1), 200)]));
        _node.Tell(new PodNews([container with { FromUnixNanoseconds = 300 }], []));

        Assert.Equal([(100, 0), (100, 200), (300, 0)], _passed.Select(pod => (pod.FromUnixNanoseconds, pod.UntilUnixNanoseconds)));
    }

    [Fact]
    public void The_number_of_pods_is_limited()
    {
        _node.Tell(new PodNews([.. Enumerable.Range(0, KnownPods.Most + 10).Select(n => Pod(n, "10.0.0.1"))], []));

        Assert.Equal(KnownPods.Most, _passed.Count);
    }

    private static PodAddresses Pod(int n, params string[] addresses) =>
        new(Id(n), new PodName("shop", $"pod-{n}", PodUid(n)), new Workload($"shop/pod-{n}", WorkloadKinds.Pod), [.. addresses.Select(IPAddress.Parse)], false, 10);
}
