using System.Globalization;
using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using NetMon.LiveTests.Support.Containers.Cri;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>A runtime that hangs or sends garbage costs names, but no events and no time.</summary>
[Trait("suite", "runtimes")]
public sealed class BrokenRuntimeTests(ITestOutputHelper output) : IDisposable
{
    private const int Rate = 300;
    private const int EventsPerConnection = 4;

    private readonly Scratch _scratch = new();

    [Fact]
    public void A_runtime_that_never_answers_delays_no_line() => AssertPace(6, (path, _, _) => BrokenRuntime.Mute(path));

    [Fact]
    public void A_runtime_that_answers_garbage_delays_no_line() => AssertPace(6, (path, _, _) => BrokenRuntime.Garbage(path));

    [Fact]
    public void A_runtime_that_answers_late_delays_no_line() =>
        AssertPace(14, (path, containerd, halfCame) => BrokenRuntime.Late(path, halfCame, containerd.Socket));

    public void Dispose() => _scratch.Dispose();

    private void AssertPace(int seconds, Func<string, Containerd, Task, BrokenRuntime> make)
    {
        using var containerd = Containerd.Start();
        var halfCame = new TaskCompletionSource();
        using var broken = make(_scratch["broken.sock"], containerd, halfCame.Task);
        var pod = containerd.RunPod("shop/steady-0", hostPid: true);
        var load = pod.Create(
            "load", "netload", "run", "--rate", Text(Rate), "--connections", Text(Rate * seconds), "--payload", "0", "--reply", "0", "--log", "/shared/truth.tsv");
        using var agent = containerd.Node.StartAgent(true, "--runtime-endpoint", $"unix://{_scratch["broken.sock"]}");
        var clock = new LineClock(agent);
        containerd.Cri.StartContainer(load.Id);

        // Lines don't wait for the runtime: half of them arrive before it answers, if it ever does, and during the load.
        WaitFor.True(() => clock.Lines >= EventsPerConnection * Rate * seconds / 2, "half of the lines");
        Assert.NotEqual(ContainerState.ContainerExited, containerd.Cri.ContainerStatus(load.Id).State);
        halfCame.SetResult();
        pod.WaitForEnd(load);
        SocketTable.WaitUntilClosed(containerd.Node.KeeperId);
        agent.Stop();

        var lines = clock.ToEnd();
        var truth = TruthLog.Read(Path.Combine(containerd.Node.Shared, "truth.tsv"));
        var pids = truth.Select(end => end.Pid).ToHashSet();
        var own = lines.Where(line => pids.Contains(line.Event.Pid)).ToList();
        var delays = new Distribution(own.Select(line => line.Milliseconds).DefaultIfEmpty());
        var figures = $"lines come {delays} after their event; {own.Count(line => line.Event.Container is { IsNamed: true })} named; asked {broken.Connections} times";
        output.WriteLine(figures);
        TestContext.Current.SendDiagnosticMessage(figures);
        Comparison.Of(truth, lines.Select(line => line.Event)).AssertExact();
        Assert.Contains("nothing lost", agent.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(own, line => line.Event.Container?.Id != load.Expected.Id);
        Assert.True(broken.Connections > 0, "the agent did not even ask");
        // Without names an event has the pod's uid for joins.
        Assert.DoesNotContain(own, line => line.Event.Container is { IsNamed: false } c && c.PodUid != pod.Plan.Uid);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
