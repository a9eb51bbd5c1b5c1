using System.Globalization;
using System.Text.Json;

namespace NetMon.Bench.Scenarios;

/// <summary>Kernel events at a set rate (netstorm) to stdout and Parquet: the agent's resources, and the delay of lines.</summary>
internal static class Steady
{
    private const int LinesToOneParsed = 23;

    public static IEnumerable<Figure> Measure(bool quick)
    {
        foreach (var (name, rate) in ((string, int)[])[("idle", 0), ("10k", 10_000), ("100k", 100_000), ("500k", 500_000)])
        {
            foreach (var figure in Measure(name, rate, quick ? 4 : 15))
            {
                yield return figure;
            }
        }
    }

    /// <summary>At one rate, events/s; 0: none.</summary>
    public static List<Figure> Measure(string name, int rate, int seconds)
    {
        using var scratch = new Scratch();
        using var agent = Agent.StartPiped("--capture", scratch["capture"]);
        List<double> delays = [];
        var lines = 0L;
        var reading = Task.Factory.StartNew(
            () =>
            {
                while (agent.Output.ReadLine() is { } line)
                {
                    if (++lines % LinesToOneParsed == 0)
                    {
                        var arrival = DateTime.UtcNow;
                        using var e = JsonDocument.Parse(line);
                        var happened = DateTime.Parse(e.RootElement.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
                        delays.Add((arrival - happened).TotalMilliseconds);
                    }
                }
            },
            TaskCreationOptions.LongRunning);
        if (rate > 0)
        {
            Tools.Storm(agent, rate, seconds: 2); // warm-up
        }

        var before = agent.Usage;
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        if (rate > 0)
        {
            Tools.Storm(agent, rate, seconds);
        }
        else
        {
            Thread.Sleep(TimeSpan.FromSeconds(seconds));
        }

        var took = System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds;
        var after = agent.Usage;
        agent.Stop();
        reading.Wait();
        var cpu = (after.CpuSeconds - before.CpuSeconds) / took;
        List<Figure> figures =
        [
            new($"steady.{name}.millicores", cpu * 1000, "millicores", rate == 0 ? "idle: CPU" : $"{rate:N0} events/s of the kernel, to stdout and Parquet: CPU"),
            new($"steady.{name}.resident_mib", after.ResidentMebibytes, "MiB", "  resident"),
            new($"steady.{name}.wakeups_per_s", (after.WakeUps - before.WakeUps) / took, "1/s", "  wake-ups"),
        ];
        if (rate > 0)
        {
            delays.Sort();
            figures.Add(new Figure($"steady.{name}.cpu_us", cpu * 1e6 / rate, "us/event", "  CPU per event"));
            figures.Add(new Figure($"steady.{name}.latency_p50_ms", At(delays, 0.5), "ms", "  from the event to stdout, p50"));
            figures.Add(new Figure($"steady.{name}.latency_p99_ms", At(delays, 0.99), "ms", "  p99"));
            figures.Add(new Figure($"steady.{name}.latency_p999_ms", At(delays, 0.999), "ms", "  p99.9"));
            figures.Add(new Figure($"steady.{name}.lost", agent.Lost(), "events", "  lost"));
        }

        return figures;
    }

    private static double At(List<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Count - 1, share * sorted.Count)];
}
