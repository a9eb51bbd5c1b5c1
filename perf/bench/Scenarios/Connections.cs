using System.Text.Json;

namespace NetMon.Bench.Scenarios;

/// <summary>Real connections: what the kernel programs take, what the agent takes, and how much slower the load gets, in turns.</summary>
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

        yield return new Figure("connections.slowdown", Median(traced) / Median(bare), "ratio", "connection storm: CPU of the load with the agent, by that without");
        yield return new Figure("connections.agent_us", cpu, "ms/1,000", "  agent's CPU for 1,000 real events, to a JSON file");
        yield return new Figure("connections.lost", lost, "events", "  lost");
        if (!File.Exists(Statistics))
        {
            yield break;
        }

        File.WriteAllText(Statistics, "1");
        try
        {
            foreach (var owner in (string[])["auto", "listener"])
            {
                using var agent = Agent.Start("--json", "none", "--accept-owner", owner);
                var before = Programs();
                Tools.Load(connections, 0);
                var after = Programs();
                agent.Stop();
                yield return new Figure($"connections.kernel_us.{owner}", (after.Nanoseconds - before.Nanoseconds) / 1000.0 / connections, "us", $"kernel time a connection, both ends, all hooks (--accept-owner {owner})");
                yield return new Figure($"connections.kernel_calls.{owner}", (double)(after.Calls - before.Calls) / connections, "calls", "  calls of programs");
            }
        }
        finally
        {
            File.WriteAllText(Statistics, "0");
        }
    }

    private static (long Nanoseconds, long Calls) Programs()
    {
        using var programs = JsonDocument.Parse(Tools.Run("bpftool", "prog", "show", "-j"));
        var ours = programs.RootElement.EnumerateArray().Where(p => p.TryGetProperty("name", out var name) && name.GetString()!.StartsWith("nm_", StringComparison.Ordinal)).ToList();
        return (ours.Sum(p => Number(p, "run_time_ns")), ours.Sum(p => Number(p, "run_cnt")));
    }

    private static long Number(JsonElement program, string name) => program.TryGetProperty(name, out var value) ? value.GetInt64() : 0;

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
