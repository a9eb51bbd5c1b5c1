using System.Globalization;
using Grpc.Core;
using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The container of each event, with containerd and pods made as kubelet makes them.</summary>
[Trait("suite", "runtimes")]
public sealed class ContainerdTests(ITestOutputHelper output) : IDisposable
{
    private const int Port = 18080;
    private const int ShortLived = 200;

    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData(PodNetwork.Host)]
    [InlineData(PodNetwork.Pod)]
    public void Each_end_of_a_connection_names_its_container(PodNetwork network)
    {
        using var containerd = Containerd.Start();
        // The server and its pod are older than the agent, the callers younger.
        var web = containerd.RunPod("shop/web-0", network);
        var server = web.Serve("server", Port);
        using var agent = containerd.Node.StartAgent(
            false, "--json", _scratch["events.json"], "--capture", _scratch["capture"], "--runtime-endpoint", containerd.Endpoint);
        var sidecar = web.Start("sidecar", server.Call(20));
        var batch = containerd.RunPod("billing/batch-7f", network);
        var caller = batch.Start("caller", server.Call(30));
        containerd.Node.Run(Repository.Load, server.Call(10)[1..]).MustSucceed();
        web.WaitForEnd(sidecar);
        batch.WaitForEnd(caller);
        SocketTable.WaitUntilClosed(server.Pid);
        agent.Stop();

        var events = SeenEvent.Read(_scratch["events.json"]).Where(server.IsCalledBy).ToList();
        Tally.AssertEqual(
            [
                ("CONNECT", sidecar.Expected, 20), ("CONNECT", caller.Expected, 30), ("CONNECT", null, 10),
                ("CLOSE", sidecar.Expected, 20), ("CLOSE", caller.Expected, 30), ("CLOSE", null, 10),
                ("ACCEPT", server.Container.Expected, 60), ("CLOSE", server.Container.Expected, 60),
            ],
            events);
        var rows = Duck.Rows(
            "SELECT container_id, pod_namespace, pod_name, container_name, pod_uid, image, count(*)"
            + $" FROM {Duck.Events(_scratch["capture"])} WHERE dst_port = {Port} AND dst_ip = '{server.Address}' AND type = 'CONNECT' GROUP BY ALL ORDER BY container_name");
        Assert.Equal(
            [$"{caller.Id} billing batch-7f caller {batch.Plan.Uid} 30", $"{sidecar.Id} shop web-0 sidecar {web.Plan.Uid} 20", "     10"],
            rows.Select(row => string.Join(' ', row.Where((_, column) => column != 5).Select(value => value is DBNull ? "" : Convert.ToString(value, CultureInfo.InvariantCulture)))));
        Assert.All(rows.Take(2), row => Assert.Contains(OfflineImages.Tools, (string)row[5], StringComparison.Ordinal));
    }

    [Fact]
    public void Two_hundred_containers_that_connect_once_and_exit_at_once_all_have_their_id()
    {
        using var containerd = Containerd.Start();
        var server = containerd.RunPod("web-0").Serve("server", Port);
        var pods = Enumerable.Range(0, 4).Select(n => containerd.RunPod($"batch/job-{n}")).ToList();
        var containers = new PodContainer[ShortLived];
        Parallel.For(0, ShortLived, new ParallelOptions { MaxDegreeOfParallelism = 4 }, n => containers[n] = pods[n % pods.Count].Create($"once-{n}", server.Call(1)));
        using var agent = containerd.Node.StartAgent(false, "--json", _scratch["events.json"], "--runtime-endpoint", containerd.Endpoint);
        for (var n = 0; n < ShortLived; n++)
        {
            try
            {
                containerd.Cri.StartContainer(containers[n].Id);
            }
            catch (RpcException failure) when (failure.Status.Detail.Contains("/proc/0/", StringComparison.Ordinal))
            {
                // Under load containerd 1.6 sometimes creates a container before it knows its sandbox's pid. Kubelet replaces it, too.
                containers[n] = pods[n % pods.Count].Create($"again-{n}", server.Call(1));
                containerd.Cri.StartContainer(containers[n].Id);
            }
        }

        var ends = containers.ToDictionary(c => c.Expected.Id, c => c.Pod.WaitForEnd(c).FinishedAt);
        SocketTable.WaitUntilClosed(server.Pid);
        agent.Stop();

        var connects = SeenEvent.Read(_scratch["events.json"]).Where(e => e.Type == "CONNECT" && server.IsCalledBy(e) && e.NetworkNamespace == containerd.Node.NetworkNamespace).ToList();
        var withId = connects.Where(e => e.Container is { } c && ends.ContainsKey(c.Id)).ToList();
        var expected = containers.ToDictionary(c => c.Expected.Id, c => c.Expected);
        var named = withId.Count(e => e.Container == expected[e.Container!.Id]);
        // The runtime notes the end after reaping the process, so the real lifetime is shorter.
        var lives = new Distribution(withId.Select(e => (DateTimeOffset.FromUnixTimeMilliseconds(0).AddTicks(ends[e.Container!.Id] / 100).UtcDateTime - e.Time).TotalMilliseconds).DefaultIfEmpty());
        Say($"short-lived containers: {withId.Select(e => e.Container!.Id).Distinct().Count()} of {ShortLived} with their id, {named} with their names; from CONNECT to the end {lives}");
        Say(LossReport.Names(agent.Log));
        Assert.Equal(ShortLived, connects.Count);
        Assert.Equal(ShortLived, withId.Select(e => e.Container!.Id).Distinct().Count());
        Assert.True(named >= ShortLived * 95 / 100, $"only {named} have their names:\n{agent.Log}");
        Assert.True(lives.At(0.5) < 50, $"they did not end at once: {lives}");
    }

    [Fact]
    public void A_pod_deleted_while_it_connects_keeps_its_names_to_the_last_CLOSE()
    {
        using var containerd = Containerd.Start();
        using var agent = containerd.Node.StartAgent(false, "--json", _scratch["events.json"], "--runtime-endpoint", containerd.Endpoint);
        var pod = containerd.RunPod("doomed-0", PodNetwork.Pod);
        var container = pod.Start("load", "netload", "run", "--rate", "200", "--connections", "100000", "--payload", "0", "--reply", "0");
        var network = RuntimeNode.NamespaceOf(containerd.Cri.PidOf(container.Id));
        WaitFor.True(() => SeenEvent.ReadSoFar(_scratch["events.json"]).Count(e => e.NetworkNamespace == network) > 300, "the pod's events");
        pod.Delete();
        agent.Stop();

        var events = SeenEvent.Read(_scratch["events.json"]).Where(e => e.NetworkNamespace == network).ToList();
        Say($"deleted pod: {events.Count} events, the last one {events[^1].Type}");
        Assert.Contains(events, e => e.Type == "CLOSE");
        Tally.AssertOnly(container.Expected, events);
        Assert.Equal(0, LossReport.Total(agent.Log));
    }

    [Fact]
    public void After_a_restart_of_containerd_no_event_is_lost_and_new_containers_have_names()
    {
        using var containerd = Containerd.Start();
        using var agent = containerd.Node.StartAgent(false, "--json", _scratch["events.json"], "--runtime-endpoint", containerd.Endpoint);
        var pod = containerd.RunPod("shop/steady-0", hostPid: true);
        var steady = pod.Start("load", "netload", "run", "--rate", "400", "--connections", "3200", "--bind-refused", "--refused", "10", "--log", "/shared/truth.tsv");
        WaitFor.True(() => SeenEvent.ReadSoFar(_scratch["events.json"]).Count(e => e.Container?.Id == steady.Expected.Id) > 1000, "the load");
        containerd.Kill9();
        var before = SeenEvent.ReadSoFar(_scratch["events.json"]).Count;
        WaitFor.True(() => SeenEvent.ReadSoFar(_scratch["events.json"]).Count > before + 1000, "the load to go on without containerd");
        containerd.Restart();
        WaitFor.True(() => agent.Log.Contains(": back: ", StringComparison.Ordinal), "the agent to reach it again");
        pod.WaitForEnd(steady);
        var server = containerd.RunPod("shop/after-0").Serve("server", Port);
        var caller = containerd.RunPod("shop/after-1").Start("caller", server.Call(20));
        WaitFor.True(() => SeenEvent.ReadSoFar(_scratch["events.json"]).Count(e => server.IsCalledBy(e) && e.Type == "CLOSE") == 40, "the calls after the restart");
        SocketTable.WaitUntilClosed(containerd.Node.KeeperId);
        agent.Stop();

        var events = SeenEvent.Read(_scratch["events.json"]).ToList();
        var truth = TruthLog.Read(Path.Combine(containerd.Node.Shared, "truth.tsv"));
        Comparison.Of(truth, events).AssertExact();
        Assert.Contains("nothing lost", agent.Log, StringComparison.Ordinal);
        var pids = truth.Select(end => end.Pid).ToHashSet();
        Tally.AssertOnly(steady.Expected, events.Where(e => pids.Contains(e.Pid)));
        Tally.AssertEqual(
            [
                ("CONNECT", caller.Expected, 20), ("CLOSE", caller.Expected, 20),
                ("ACCEPT", server.Container.Expected, 20), ("CLOSE", server.Container.Expected, 20),
            ],
            events.Where(server.IsCalledBy));
    }

    [Fact]
    public void Doctor_reports_the_runtime_its_version_and_the_number_of_containers()
    {
        using var containerd = Containerd.Start();
        var pod = containerd.RunPod("web-0");
        pod.Start("a", "sleep", "1000");
        pod.Start("b", "sleep", "1000");
        var doctor = containerd.Node.Doctor("--runtime-endpoint", containerd.Endpoint);
        Assert.True(doctor.ExitCode == 0, doctor.Output + doctor.Error);
        var line = Assert.Single(doctor.Output.Split('\n'), l => l.Contains(containerd.Socket, StringComparison.Ordinal));
        output.WriteLine(line);
        Assert.Contains(containerd.Version.Split('~')[0], line, StringComparison.Ordinal);
        Assert.Matches(@"\b[23] containers", line); // may include the pod's sandbox
        Assert.Contains("cgroup", doctor.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    private void Say(string figures)
    {
        output.WriteLine(figures);
        TestContext.Current.SendDiagnosticMessage(figures);
    }
}
