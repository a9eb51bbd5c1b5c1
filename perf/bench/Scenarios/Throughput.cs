using System.Diagnostics;
using System.Globalization;

namespace NetMon.Bench.Scenarios;

/// <summary>
/// The standard node as fast as the agent takes it, losing nothing: events a second, and CPU an event with that of the
/// generator, which runs in the same process, taken off (measured with no output at all).
/// </summary>
internal static class Throughput
{
    public static IEnumerable<Figure> Measure(bool quick)
    {
        var count = quick ? 2_000_000 : 12_000_000;
        using var scratch = new Scratch();
        var bare = Run(count, "none", null, scratch);
        foreach (var (name, what, json, capture) in ((string, string, string, bool)[])
        [
            ("json_null", "ring to JSON, to /dev/null", "/dev/null", false),
            ("json_file", "ring to JSON, to a file", scratch["events.json"], false),
            ("json_pipe", "ring to JSON, to a pipe that is read", "-", false),
            ("parquet", "ring to Parquet", "none", true),
            ("both", "ring to a JSON file and to Parquet", scratch["both.json"], true),
        ])
        {
            var seen = Run(count, json, capture ? scratch[name] : null, scratch);
            yield return new Figure($"throughput.{name}.events_per_s", count / seen.Seconds, "events/s", what);
            yield return new Figure($"throughput.{name}.cpu_ns", (seen.Cpu - bare.Cpu) * 1e9 / count, "ns/event", "  CPU, without the generator");
            yield return new Figure($"throughput.{name}.peak_mib", seen.Peak, "MiB", "  resident at most");
            yield return new Figure($"throughput.{name}.lost", seen.Lost, "events", "  lost");
            if (capture)
            {
                yield return new Figure($"throughput.{name}.bytes_per_event", (double)Tools.SealedBytes(scratch[name]) / count, "bytes", "  of a sealed file, an event");
                Directory.Delete(scratch[name], recursive: true);
            }

            if (json.StartsWith(scratch[""], StringComparison.Ordinal))
            {
                File.Delete(json);
            }
        }
    }

    private static (double Seconds, double Cpu, double Peak, long Lost) Run(long count, string json, string? capture, Scratch scratch)
    {
        List<string> arguments = ["--source", string.Create(CultureInfo.InvariantCulture, $"synthetic:count={count}"), "--json", json];
        if (capture is not null)
        {
            arguments.AddRange(["--capture", capture]);
        }

        var began = Stopwatch.GetTimestamp();
        using var agent = json == "-" ? Agent.StartPiped([.. arguments]) : Agent.Start([.. arguments]);
        var reading = json == "-" ? Task.Run(() => ReadAll(agent.Output.BaseStream)) : Task.CompletedTask;
        var last = agent.WatchToEnd();
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        reading.Wait();
        return (took, last.CpuSeconds, last.PeakMebibytes, agent.Lost());
    }

    private static void ReadAll(Stream stream)
    {
        var buffer = new byte[1 << 20];
        while (stream.Read(buffer) > 0)
        {
        }
    }
}
