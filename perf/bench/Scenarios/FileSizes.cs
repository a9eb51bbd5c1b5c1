using System.Globalization;

namespace NetMon.Bench.Scenarios;

/// <summary>
/// How large an hour's sealed file is by how many events a node has in a second: a named node (pods and workloads) with a clock
/// that runs faster than the machine's, so that hours are short.
/// </summary>
internal static class FileSizes
{
    private const int Nodes = 1_000;
    private const int SecondsPerHour = 3_600;
    private const int SecondsPerDay = 86_400;

    public static IEnumerable<Figure> Measure(bool quick)
    {
        // The rate is that of the node's own seconds, of which there are as many in one of the machine's as the speed says.
        foreach (var (rate, speed, hours) in ((int, int, int)[])[(1, 1_000, 10), (10, 1_000, 10), (100, 1_000, 10), (1_000, 100, 1), (10_000, 20, 1)])
        {
            var events = (long)rate * SecondsPerHour * (quick ? 1 : hours);
            if (quick && events > 1_000_000)
            {
                continue;
            }

            using var scratch = new Scratch();
            var source = FormattableString.Invariant($"synthetic:node=1,rate={rate * speed},speed={speed},count={events},ahead={SecondsToNextHour()}");
            using var agent = Agent.Start("--source", source, "--json", "none", "--capture", scratch["capture"]);
            agent.WaitForEnd();
            var stored = agent.Count("parquet"); // a busy machine may lose some
            var (perEvent, perEventOfSums) = ((double)Tools.Bytes(scratch["capture"], "events") / stored, (double)Tools.Bytes(scratch["capture"], "rollup") / stored);
            yield return new Figure($"files.{rate}.bytes_per_event", perEvent, "bytes/event", string.Create(CultureInfo.InvariantCulture, $"{rate:N0} events/s of a node: in its sealed files"));
            yield return new Figure($"files.{rate}.rollup_bytes_per_event", perEventOfSums, "bytes/event", "  in its roll-ups");
            yield return new Figure($"files.{rate}.file_mb", perEvent * rate * SecondsPerHour / 1e6, "MB", "  a file of an hour");
            yield return new Figure($"files.{rate}.gb_per_day", (perEvent + perEventOfSums) * rate * SecondsPerDay * Nodes / 1e9, "GB", string.Create(CultureInfo.InvariantCulture, $"  files and roll-ups of {Nodes:N0} nodes in a day"));
            yield return new Figure($"files.{rate}.lost", agent.Lost(), "events", "  lost");
        }
    }

    /// <summary>The node's first event is at the start of an hour.</summary>
    private static int SecondsToNextHour() => SecondsPerHour - (int)(DateTime.UtcNow.TimeOfDay.TotalSeconds % SecondsPerHour);
}
