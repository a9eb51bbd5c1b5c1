using System.Diagnostics;
using System.Globalization;
using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The DaemonSet's pod in a storm of connections, with the limits that the DaemonSet sets.</summary>
[Trait("suite", "image")]
public sealed class MemoryLimitTests(ITestOutputHelper output)
{
    private const int EventsOfAConnection = 4; // CONNECT, ACCEPT and a CLOSE of each end
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Duration of the storm; the full trial takes ten minutes.</summary>
    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("NETMON_LIMIT_SECONDS") ?? "20", CultureInfo.InvariantCulture);

    /// <summary>Connections per second.</summary>
    private static readonly int Rate = int.Parse(Environment.GetEnvironmentVariable("NETMON_LIMIT_RATE") ?? "3000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_storm_at_the_limits_neither_kills_the_agent_nor_loses_an_uncounted_event()
    {
        using var containerd = AgentPod.StartRuntime();
        var agent = AgentPod.Start(containerd, "bare-metal");
        agent.WaitUntilReady(containerd);
        await Storm(containerd, agent, Seconds, Rate);
    }

    [Fact]
    public async Task Starved_of_CPU_it_keeps_running_and_counts_its_losses()
    {
        using var containerd = AgentPod.StartRuntime();
        var agent = AgentPod.Start(containerd, "bare-metal");
        agent.WaitUntilReady(containerd);
        CpuCgroup.Limit(agent.Id, 10);
        var lost = await Storm(containerd, agent, seconds: 20, rate: 20_000, () => CpuCgroup.Limit(agent.Id, 500));
        Assert.True(lost > 0, "a hundredth of a CPU was enough, so nothing was tested");
    }

    /// <summary>
    /// Makes connections, stops the agent, and compares its summary with them and with its outputs. Returns the reported losses.
    /// </summary>
    private async Task<long> Storm(Containerd containerd, AgentPod agent, int seconds, int rate, Action? beforeTheStop = null)
    {
        Needs.Program("ip");
        var pid = agent.Id;
        var memory = MemoryCgroup.Of(pid);
        Assert.Equal(512L << 20, memory.Limit);
        output.WriteLine($"ready: {memory.TryRead()}");

        var name = $"storm-{Guid.NewGuid().ToString("N")[..8]}"; // other tests may trace here, too
        var made = 0L;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(seconds);)
        {
            // One namespace per round: otherwise the TIME_WAIT sockets of earlier rounds would overflow the table, and the kernel would
            // reset later connections.
            using var space = new NetworkNamespace();
            var count = rate * (int)RoundTime.TotalSeconds;
            space.Run(Repository.Load, "run", "--connections", $"{count}", "--rate", $"{rate}", "--family", "both", "--name", name).MustSucceed();
            space.WaitUntilClosed();
            made += count;
            output.WriteLine($"{clock.Elapsed.TotalSeconds:F0} s, {made} connections: {memory.TryRead()}");
            Assert.Equal(pid, agent.Id); // neither restarted nor gone
        }

        beforeTheStop?.Invoke();
        // Sealing the hour during the stop takes additional memory.
        var stop = Task.Run(() => agent.Pod.Stop(agent.Container, 60), TestContext.Current.CancellationToken);
        var last = memory.TryRead();
        var own = last!.Anonymous;
        while (await Task.WhenAny(stop, Task.Delay(LookEvery, TestContext.Current.CancellationToken)) != stop)
        {
            last = memory.TryRead() ?? last;
            own = Math.Max(own, last.Anonymous);
        }

        await stop;
        output.WriteLine($"stopping: {last}; the most of its own meanwhile {own >> 20} MiB");
        Assert.Equal(0, agent.Pod.WaitForEnd(agent.Container).ExitCode);
        var log = string.Join('\n', agent.Said);
        output.WriteLine(log);

        Assert.Equal(0, last.Kills);
        // Pages of files may fill the rest, and the kernel can reclaim them; it can't reclaim the agent's own memory.
        Assert.InRange(own, 1, 256L << 20);
        // The summary has every event and matches the outputs.
        var seen = LossReport.Number(log, "seen");
        Assert.Equal(seen, LossReport.Number(log, "to rings") + LossReport.Number(log, "source.ring_full") + LossReport.Number(log, "source.no_room"));
        var decoded = LossReport.Number(log, "decoded");
        Assert.Equal(decoded, LossReport.Number(log, "json") + LossReport.Number(log, "json.queue_full") + LossReport.Number(log, "json.failed"));
        Assert.Equal(decoded, LossReport.Number(log, "parquet") + LossReport.Number(log, "parquet.queue_full") + LossReport.Number(log, "parquet.failed"));

        Assert.Equal(LossReport.Number(log, "json"), agent.Pod.LinesOf(agent.Container, "stdout"));
        var rows = Duck.Events(containerd.Node.Shared);
        Assert.Equal(LossReport.Number(log, "parquet"), Duck.Number($"SELECT count(*) FROM {rows}"));
        // The outputs have every event of the load once, except for the counted losses.
        var kept = Duck.Number($"SELECT count(*) FROM {rows} WHERE process = '{name}'");
        var lost = seen - LossReport.Number(log, "parquet");
        output.WriteLine($"{made * EventsOfAConnection} events made, {kept} kept, {lost} lost on the way there by the account");
        Assert.InRange(kept, made * EventsOfAConnection - lost, made * EventsOfAConnection);
        return lost;
    }
}
