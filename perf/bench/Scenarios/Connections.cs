using System.Globalization;
using System.Text.Json;

namespace NetMon.Bench.Scenarios;

/// <summary>Real connections: time of the kernel programs, CPU of the agent, and slowdown of the load, in alternation.</summary>
internal static class Connections
{
    private const string Statistics = "/proc/sys/kernel/bpf_stats_enabled";

    public static IEnumerable<Figure> Measure(bool quick)
    {
        var connections = quick ? 10_000 : 30_000;
        List<double> bare = [], traced = [];
        using var scratch = new Scratch();
        double cpu = 0;
        var lost = 0L;
        for (var turn = 0; turn < (quick ? 2 : 5); turn++)
        {
            bare.Add(Tools.Value(Tools.Load(connections, 0), "cpu_us_per_connection"));
            using var agent = Agent.Start("--json", scratch["events.json"]);
            var before = agent.Usage.CpuSeconds;
            traced.Add(Tools.Value(Tools.Load(connections, 0), "cpu_us_per_connection"));
            cpu = agent.Usage.CpuSeconds - before;
            agent.Stop();
            lost += agent.Lost();
            cpu = cpu * 1e6 / agent.Count("seen");
        }

        yield return new Figure("connections.slowdown", Median(traced) / Median(bare), "ratio", "connection storm: CPU of the load with the agent, divided by that without");
        yield return new Figure("connections.agent_us", cpu, "ms/1,000", "  agent's CPU for 1,000 real events, to a JSON file");
        yield return new Figure("connections.lost", lost, "events", "  lost");
        foreach (var figure in ((string[])["auto", "listener"]).SelectMany(owner => MeasureKernel(owner, connections)))
        {
            yield return figure;
        }
    }

    /// <summary>Time of the agent's programs per connection; empty on a kernel without statistics (5.1 and later have them).</summary>
    public static List<Figure> MeasureKernel(string owner, int connections)
    {
        if (!File.Exists(Statistics))
        {
            return [];
        }

        if (!Tools.IsInstalled("bpftool"))
        {
            return [new($"connections.kernel_us.{owner}", double.NaN, "us", "kernel time per connection: not measured, bpftool is not installed")];
        }

        var wasOn = File.ReadAllText(Statistics);
        File.WriteAllText(Statistics, "1");
        try
        {
            using var agent = Agent.Start("--json", "none", "--accept-owner", owner);
            var before = Programs(agent);
            var load = Tools.Load(connections, 0);
            var after = Programs(agent);
            agent.Stop();

            // The hooks see the whole machine: connections of other processes are in the calls, and in the events that the agent has seen.
            var expected = 4 * Tools.Value(load, "established") + Tools.Value(load, "refused");
            var seen = connections * Math.Max(1, agent.Count("seen") / expected);
            return
            [
                new($"connections.kernel_us.{owner}", (after.Nanoseconds - before.Nanoseconds) / 1000.0 / seen, "us", $"kernel time per connection, both ends, all hooks (--accept-owner {owner})"),
                new($"connections.kernel_calls.{owner}", (after.Calls - before.Calls) / seen, "calls", "  calls of programs"),
            ];
        }
        finally
        {
            File.WriteAllText(Statistics, wasOn);
        }
    }

    /// <summary>Programs that this agent holds: another one may be running.</summary>
    private static (long Nanoseconds, long Calls) Programs(Agent agent)
    {
        var held = Directory.EnumerateFiles($"/proc/{agent.Id}/fdinfo").SelectMany(ProgramIds).ToHashSet();
        using var programs = JsonDocument.Parse(Tools.Run("bpftool", "prog", "show", "-j"));
        var ours = programs.RootElement.EnumerateArray().Where(program => held.Contains(Number(program, "id"))).ToList();
        return ours.Count > 0 ? (ours.Sum(p => Number(p, "run_time_ns")), ours.Sum(p => Number(p, "run_cnt"))) : throw new InvalidOperationException("the agent holds no BPF program");
    }

    private static List<long> ProgramIds(string file)
    {
        try
        {
            return [.. File.ReadLines(file).Where(line => line.StartsWith("prog_id:", StringComparison.Ordinal)).Select(line => long.Parse(line["prog_id:".Length..], CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return []; // it has just been closed
        }
    }

    private static long Number(JsonElement program, string name) => program.TryGetProperty(name, out var value) ? value.GetInt64() : 0;

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
