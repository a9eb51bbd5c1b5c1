using System.Diagnostics;
using System.Globalization;

namespace NetMon.Bench.Scenarios;

/// <summary>
/// The standard node as fast as the agent can process it without loss: events per second, and CPU per event without that of the
/// generator, which runs in the same process (measured without any output).
/// </summary>
internal static class Throughput
{
    /// <summary>A file is small enough to stay in the page cache: otherwise this would measure the disk.</summary>
    private const int MostInFile = 4_000_000;

    /// <summary>A line of the standard node, rounded up.</summary>
    private const int LineBytes = 500;

    public static IEnumerable<Figure> Measure(bool quick)
    {
        var most = quick ? 2_000_000 : 12_000_000;
        using var scratch = new Scratch();
        var bare = Run(most, "none", null, scratch).Cpu / most;
        foreach (var (name, what, json, capture) in ((string, string, string, bool)[])
        [
            ("json_null", "ring to JSON, to /dev/null", "/dev/null", false),
            ("json_file", "ring to JSON, to a file", scratch["events.json"], false),
            ("json_pipe", "ring to JSON, to a pipe that is read", "-", false),
            ("parquet", "ring to Parquet", "none", true),
            ("both", "ring to a JSON file and to Parquet", scratch["both.json"], true),
        ])
        {
            var isFile = json.StartsWith(scratch[""], StringComparison.Ordinal);
            var count = isFile ? Math.Min(most, MostInFile) : most;
            var plain = isFile ? WritePlainly(json, (long)count * LineBytes) : 0;
            var seen = Run(count, json, capture ? scratch[name] : null, scratch);
            yield return new Figure($"throughput.{name}.events_per_s", count / seen.Seconds, "events/s", what);
            yield return new Figure($"throughput.{name}.cpu_ns", (seen.Cpu / count - bare) * 1e9, "ns/event", "  CPU, without the generator");
            yield return new Figure($"throughput.{name}.peak_mib", seen.Peak, "MiB", "  peak resident");
            yield return new Figure($"throughput.{name}.lost", seen.Lost, "events", "  lost");
            if (capture)
            {
                yield return new Figure($"throughput.{name}.bytes_per_event", (double)Tools.Bytes(scratch[name], "events") / count, "bytes/event", "  per event in the sealed file");
                Directory.Delete(scratch[name], recursive: true);
            }

            if (isFile)
            {
                var length = new FileInfo(json).Length;
                yield return new Figure($"throughput.{name}.bytes_per_line", (double)length / count, "bytes", "  of a line");
                yield return new Figure($"throughput.{name}.plain_events_per_s", plain * count / length, "events/s", "  the same bytes written by themselves, just before");
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

    /// <summary>
    /// Writes and removes a file at full speed; returns bytes per second. The next scenario then has memory available: a virtual machine
    /// may have returned it to its host, and getting it back costs more than writing to it.
    /// </summary>
    private static double WritePlainly(string path, long length)
    {
        var buffer = new byte[256 << 10];
        var began = Stopwatch.GetTimestamp();
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            for (var at = 0L; at < length; at += buffer.Length)
            {
                RandomAccess.Write(file, buffer, at);
            }
        }

        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        File.Delete(path);
        return length / took;
    }

    private static void ReadAll(Stream stream)
    {
        var buffer = new byte[1 << 20];
        while (stream.Read(buffer) > 0)
        {
        }
    }
}
