using System.Globalization;

namespace NetMon.Bench.Scenarios;

/// <summary>
/// Cost of an event of the standard node, at a pace that the agent keeps easily, by measures steady enough for a limit: bytes allocated
/// once it is warm (the difference between a long and a short run; the short one has made pieces of segments a
/// few times, because their encoder's buffers are allocated once), and CPU as a multiple of a parallel run that
/// has no output. Large rings bridge pauses of a busy machine. (At full speed, scheduling determines how full buffers are, and so how much they allocate.)
/// </summary>
internal static class Cost
{
    private const int Rate = 150_000;

    public static IEnumerable<Figure> Measure(bool quick) => Measure(quick, ["json", "parquet", "both"]);

    /// <summary>For a choice of outputs: json, parquet, both.</summary>
    public static IEnumerable<Figure> Measure(bool quick, string[] outputs)
    {
        var (few, many) = quick ? (600_000, 1_500_000) : (1_000_000, 6_000_000);
        var bare = Run(many, json: false, capture: false);
        foreach (var (name, what, json, capture) in ((string, string, bool, bool)[])[("json", "JSON", true, false), ("parquet", "Parquet", false, true), ("both", "JSON and Parquet", true, true)])
        {
            if (!outputs.Contains(name))
            {
                continue;
            }

            var shorter = Run(few, json, capture);
            var longer = Run(many, json, capture);
            yield return new Figure($"cost.{name}.allocated_per_event", (double)(longer.Allocated - shorter.Allocated) / (many - few), "bytes/event", string.Create(CultureInfo.InvariantCulture, $"{what}, {Rate:N0} events/s: allocated per event after warm-up"));
            yield return new Figure($"cost.{name}.gen0", longer.Collections[0], "times", string.Create(CultureInfo.InvariantCulture, $"  collections in {many:N0} events: generation 0 and no further"));
            yield return new Figure($"cost.{name}.gen1", longer.Collections[1], "times", "  generation 1 and no further");
            yield return new Figure($"cost.{name}.gen2", longer.Collections[2], "times", "  generation 2");
            yield return new Figure($"cost.{name}.peak_mib", longer.PeakMebibytes, "MiB", "  peak resident");
            yield return new Figure($"cost.{name}.cpu_times", longer.CpuSeconds / bare.CpuSeconds, "ratio", "  CPU without the generator's, by that of rings and stages alone");
            yield return new Figure($"cost.{name}.lost", bare.Lost + shorter.Lost + longer.Lost, "events", "  lost");
            if (capture)
            {
                yield return new Figure($"cost.{name}.file_bytes_per_event", longer.FileBytes / many, "bytes/event", "  of the sealed files");
            }
        }
    }

    private static Seen Run(int count, bool json, bool capture)
    {
        using var scratch = new Scratch();
        List<string> arguments = ["--source", string.Create(CultureInfo.InvariantCulture, $"synthetic:count={count},rate={Rate}"), "--json", json ? "/dev/null" : "none", "--ring-memory", "32"];
        if (capture)
        {
            arguments.AddRange(["--capture", scratch["capture"]]);
        }

        using var agent = Agent.Start([.. arguments]);
        var usage = agent.WatchToEnd();
        if (agent.Count("seen") != count)
        {
            throw new InvalidOperationException($"the source made {count} events, but the agent has seen {agent.Count("seen")}");
        }

        return new Seen(
            agent.Memory("allocated"), [agent.Memory("gen0"), agent.Memory("gen1"), agent.Memory("gen2")], agent.Memory("resident") / 1024.0, usage.CpuSeconds - usage.GeneratorSeconds, agent.Lost(),
            capture ? Tools.Bytes(scratch["capture"], "events") : 0);
    }

    private sealed record Seen(long Allocated, long[] Collections, double PeakMebibytes, double CpuSeconds, long Lost, double FileBytes);
}
