using System.Globalization;

namespace NetMon.Bench.Scenarios;

/// <summary>
/// What the agent allocates an event once it is warm: two runs of the standard node, a short one and a long one, and what the long one
/// allocated more. Collections are those of the long run.
/// </summary>
internal static class Memory
{
    public static IEnumerable<Figure> Measure(bool quick)
    {
        var (few, many) = quick ? (1_000_000, 4_000_000) : (2_000_000, 12_000_000);
        foreach (var (name, what, json, capture) in ((string, string, bool, bool)[])[("json", "JSON", true, false), ("parquet", "Parquet", false, true), ("both", "JSON and Parquet", true, true)])
        {
            var shorter = Run(few, json, capture);
            var longer = Run(many, json, capture);
            yield return new Figure($"memory.{name}.allocated_per_event", (double)(longer.Allocated - shorter.Allocated) / (many - few), "B/event", $"{what}: allocated an event, warm");
            yield return new Figure($"memory.{name}.gen0", longer.Collections[0], "times", string.Create(CultureInfo.InvariantCulture, $"  collections in {many:N0} events: generation 0 and no further"));
            yield return new Figure($"memory.{name}.gen1", longer.Collections[1], "times", "  generation 1");
            yield return new Figure($"memory.{name}.gen2", longer.Collections[2], "times", "  generation 2");
            yield return new Figure($"memory.{name}.peak_mib", longer.PeakMebibytes, "MiB", "  resident at most");
            yield return new Figure($"memory.{name}.lost", shorter.Lost + longer.Lost, "events", "  lost");
            if (capture)
            {
                yield return new Figure($"memory.{name}.file_bytes_per_event", longer.FileBytes / many, "B/event", "  of the sealed files");
            }
        }
    }

    private static Seen Run(int count, bool json, bool capture)
    {
        using var scratch = new Scratch();
        List<string> arguments = ["--source", string.Create(CultureInfo.InvariantCulture, $"synthetic:count={count}"), "--json", json ? "/dev/null" : "none"];
        if (capture)
        {
            arguments.AddRange(["--capture", scratch["capture"]]);
        }

        using var agent = Agent.Start([.. arguments]);
        agent.WaitForEnd();
        if (agent.Count("seen") != count)
        {
            throw new InvalidOperationException($"the source made {count} events, but the agent has seen {agent.Count("seen")}");
        }

        return new Seen(
            agent.Memory("allocated"), [agent.Memory("gen0"), agent.Memory("gen1"), agent.Memory("gen2")], agent.Memory("most") / 1024.0, agent.Lost(),
            capture ? Tools.SealedBytes(scratch["capture"]) : 0);
    }

    private sealed record Seen(long Allocated, long[] Collections, double PeakMebibytes, long Lost, double FileBytes);
}
