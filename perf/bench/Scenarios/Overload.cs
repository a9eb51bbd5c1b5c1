using System.Globalization;

namespace NetMon.Bench.Scenarios;

/// <summary>
/// As many events as the kernel can make, several times what the agent can process, then 10,000 per second again: memory must not grow,
/// every event must be output or counted, and once lines are on time again, which takes a second, nothing more may be lost.
/// </summary>
internal static class Overload
{
    private const int NormalRate = 10_000;
    private const int LongestRecovery = 60; // seconds, for a machine that is busy with other work
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan InTime = TimeSpan.FromMilliseconds(500);

    public static IEnumerable<Figure> Measure(bool quick)
    {
        using var scratch = new Scratch();
        using var agent = Agent.StartPiped("--capture", scratch["capture"]);
        var lines = new LineClock(agent.Output.BaseStream);
        var made = Tools.Storm(agent, NormalRate, 1) + Tools.Storm(agent, 0, 2); // its buffers reach their final size

        var seconds = quick ? 3 : 10;
        var before = lines.Lines;
        List<double> resident = [];
        var offered = 0L;
        var storming = Task.Run(() => offered = Tools.Storm(agent, 0, seconds));
        while (!storming.Wait(BetweenLooks))
        {
            resident.Add(agent.Usage.ResidentMebibytes);
        }

        var ended = DateTime.UtcNow;
        var taken = lines.Lines - before;
        made += offered;
        var recovering = Tools.Storm(agent, NormalRate, 1);
        for (var recovered = 1; DateTime.UtcNow - lines.LastBehind < InTime && recovered < LongestRecovery; recovered++)
        {
            recovering += Tools.Storm(agent, NormalRate, 1);
        }

        var after = DateTime.UtcNow;
        lines.CountFrom(after);
        var normal = Tools.Storm(agent, NormalRate, 2);
        made += recovering + normal;
        var peak = agent.Usage.PeakMebibytes;
        agent.Stop();
        lines.WaitForEnd();

        var half = resident.Count / 2;
        yield return new Figure("overload.offered_per_s", (double)offered / seconds, "events/s", string.Create(CultureInfo.InvariantCulture, $"{seconds} s of overload, to stdout and Parquet: events of the kernel"));
        yield return new Figure("overload.taken_per_s", (double)taken / seconds, "events/s", "  of these to stdout");
        yield return new Figure("overload.times", (double)offered / taken, "ratio", "  offered, by taken");
        yield return new Figure("overload.growth_mib", Math.Max(0, resident.Skip(half).Max() - resident.Take(half).Max()), "MiB", "  peak resident, second half over first half");
        yield return new Figure("overload.peak_mib", peak, "MiB", "  peak resident");
        yield return new Figure("overload.counted_lost", agent.Lost(), "events", "  counted as lost, of each output");
        yield return new Figure("overload.unaccounted", Unaccounted(agent, made, lines.Lines), "events", "  neither came out nor counted as lost");
        yield return new Figure("overload.recovery_ms", Math.Max(0, (lines.LastBehind - ended).TotalMilliseconds), "ms", "  after its end until no line is 100 ms late");
        yield return new Figure("overload.lost_after", Math.Max(0, normal - lines.LinesSince), "events", "  lost once lines are in time again, at 10,000 events/s");
    }

    /// <summary>The discrepancy between the storm's count and the summary; the summary includes events of other processes.</summary>
    private static long Unaccounted(Agent agent, long made, long lines)
    {
        long Lost(string stage, params string[] reasons) => reasons.Sum(reason => agent.Count($"{stage}.{reason}"));
        var seen = agent.Count("seen");
        var decoded = agent.Count("decoded");
        var json = agent.Count("json");
        return Math.Max(0, made - seen)
            + Math.Abs(seen - decoded - Lost("source", "ring_full", "no_room", "fair_share") - agent.Count("capture.malformed"))
            + Math.Abs(decoded - json - Lost("json", "queue_full", "failed"))
            + Math.Abs(decoded - agent.Count("parquet") - Lost("parquet", "queue_full", "failed", "disk_floor"))
            + Math.Max(0, lines - json)
            + Math.Max(0, json - (seen - made) - lines);
    }
}
