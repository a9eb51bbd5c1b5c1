using System.Globalization;
using NetMon.Sources.Synthetic;
using Xunit;

namespace NetMon.UnitTests.Sources;

public sealed class SyntheticPodsTests
{
    [Fact]
    public void Containers_of_one_pod_share_its_names_and_its_address_is_unique()
    {
        var pods = Enumerable.Range(1, SyntheticPods.Nodes).SelectMany(node => Containers(new SyntheticPods(node, 200), 0, 200).Select(pod => (Node: node, Pod: pod))).ToList();
        var byAddress = pods.GroupBy(found => found.Pod.Address).ToList();
        Assert.Equal(SyntheticPods.Nodes * 110, byAddress.Count);
        Assert.All(byAddress, pod =>
        {
            Assert.Single(pod.Select(found => (found.Node, found.Pod.Uid, found.Pod.Namespace, found.Pod.Name, found.Pod.Workload, found.Pod.Kind)).Distinct());
            Assert.Single(pod, found => found.Pod.IsFirst);
        });
        Assert.Equal(byAddress.Count, pods.Select(found => (found.Pod.Namespace, found.Pod.Name)).Distinct().Count());
        Assert.All(pods, found => Assert.StartsWith(found.Pod.Workload.Split('/')[1] + "-", found.Pod.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void A_replacement_container_is_in_another_pod_of_the_same_workload()
    {
        var pods = new SyntheticPods(1, 200);
        foreach (var (before, after) in Containers(pods, 0, 200).Zip(Containers(pods, 200, 200)))
        {
            Assert.Equal((before.Workload, before.Address, before.Container), (after.Workload, after.Address, after.Container));
            Assert.NotEqual(before.Uid, after.Uid);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000")]
    [InlineData("zzzzzzzz")]
    public void A_foreign_id_has_no_pod(string id) => Assert.Null(new SyntheticPods(1, 200).Find(id));

    private static IEnumerable<SyntheticPod> Containers(SyntheticPods pods, int first, int count) =>
        Enumerable.Range(first, count).Select(n => pods.Find(string.Concat(Enumerable.Repeat(n.ToString("x8", CultureInfo.InvariantCulture), 8)))!);
}
