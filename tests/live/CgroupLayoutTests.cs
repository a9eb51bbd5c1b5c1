using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>Containers by cgroup paths that this machine does not have: v2 alone, v1 on request, other drivers, another runtime.</summary>
[Trait("suite", "runtimes")]
public sealed class CgroupLayoutTests(ITestOutputHelper output) : IDisposable
{
    private const int Port = 18080;
    private const int ShortLived = 20;

    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData(CgroupLayout.Machine, CgroupShape.Systemd, "auto")]
    [InlineData(CgroupLayout.V2, CgroupShape.Cgroupfs, "auto")]
    [InlineData(CgroupLayout.V2, CgroupShape.Systemd, "auto")]
    [InlineData(CgroupLayout.V2, CgroupShape.Cgroupfs, "v2")]
    public void Containers_have_their_names_in_the_layout(CgroupLayout layout, CgroupShape shape, string cgroups) => AssertNamed(layout, shape, cgroups);

    [Theory]
    [InlineData(CgroupShape.Cgroupfs)]
    [InlineData(CgroupShape.Systemd)]
    public void Containers_have_their_names_by_the_v1_hierarchies_on_request(CgroupShape shape)
    {
        Assert.SkipUnless(Directory.Exists("/sys/fs/cgroup/pids"), "needs a machine with cgroup v1 hierarchies");
        AssertNamed(CgroupLayout.Machine, shape, "v1");
    }

    [Theory]
    [InlineData(CgroupLayout.Machine, CgroupShape.CrioSystemd)]
    [InlineData(CgroupLayout.Machine, CgroupShape.CrioCgroupfs)]
    [InlineData(CgroupLayout.V2, CgroupShape.CrioSystemd)]
    public void Containers_have_their_names_in_a_recorded_layout_of_CRI_O(CgroupLayout layout, CgroupShape shape) =>
        AssertNamed(layout, shape, "auto");

    public void Dispose() => _scratch.Dispose();

    private void AssertNamed(CgroupLayout layout, CgroupShape shape, string cgroups)
    {
        using var containerd = Containerd.Start(layout);
        var web = containerd.RunPod("shop/web-0", shape: shape);
        var server = web.Serve("server", Port);
        output.WriteLine(File.ReadLines($"/proc/{server.Pid}/cgroup").Last());
        using var agent = containerd.Node.StartAgent(false, "--json", _scratch["events.json"], "--runtime-endpoint", containerd.Endpoint, "--cgroups", cgroups);
        var batch = containerd.RunPod("billing/batch-7f", PodNetwork.Pod, shape);
        var caller = web.Start("caller", server.Call(30));
        var inside = batch.Start("inside", "netload", "run", "--connections", "30", "--payload", "0", "--reply", "0");
        var once = Enumerable.Range(0, ShortLived).Select(n => web.Start($"once-{n}", server.Call(1))).ToList();
        containerd.Node.Run(Repository.Load, server.Call(10)[1..]).MustSucceed();
        once.ForEach(container => web.WaitForEnd(container));
        web.WaitForEnd(caller);
        batch.WaitForEnd(inside);
        SocketTable.WaitUntilClosed(containerd.Node.KeeperId);
        agent.Stop();

        var events = SeenEvent.Read(_scratch["events.json"]).ToList();
        Tally.AssertEqual(
            [
                ("CONNECT", caller.Expected, 30), ("CLOSE", caller.Expected, 30), ("CONNECT", null, 10), ("CLOSE", null, 10),
                ("ACCEPT", server.Container.Expected, 40 + ShortLived), ("CLOSE", server.Container.Expected, 40 + ShortLived),
                .. once.SelectMany(c => ((string Type, SeenContainer? Container, int Count)[])[("CONNECT", c.Expected, 1), ("CLOSE", c.Expected, 1)]),
            ],
            events.Where(e => server.IsCalledBy(e) && e.NetworkNamespace == containerd.Node.NetworkNamespace));
        Tally.AssertEqual(
            [("CONNECT", inside.Expected, 30), ("ACCEPT", inside.Expected, 30), ("CLOSE", inside.Expected, 60)],
            events.Where(e => e.Container?.Id == inside.Expected.Id));
    }
}
