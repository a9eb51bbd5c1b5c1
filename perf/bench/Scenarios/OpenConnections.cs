using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace NetMon.Bench.Scenarios;

/// <summary>Delay of other events while many open connections move bytes: with and without sweeps, in alternation.</summary>
internal static class OpenConnections
{
    private const int Rate = 5000; // other events per second
    private const int SecondsBetweenSends = 3;
    private const int LinesToOneParsed = 11;
    private const string Never = "none";
    private const string Often = "2s"; // a sweep each half second
    private const string OfStorm = "\"uid\":1000,";

    public static IEnumerable<Figure> Measure(bool quick)
    {
        var (connections, namespaces) = quick ? (10_000, 10) : (100_000, 50);
        using var load = Process.Start(new ProcessStartInfo(
            Path.Combine(Tools.Root, "bin/netload"), ["hold", "--connections", Text(connections), "--namespaces", Text(namespaces), "--name", "open"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Expect(load, "open");
        Dictionary<string, List<double>> delays = new() { [Never] = [], [Often] = [] };
        for (var turn = 0; turn < 2; turn++)
        {
            foreach (var every in (string[])[Never, Often])
            {
                Run(load, every, quick ? 6 : 12, delays[every]);
            }
        }

        load.StandardInput.Close();
        load.WaitForExit();
        foreach (var (every, name, what) in ((string, string, string)[])[(Never, "without", "no sweeps"), (Often, "with", "two sweeps per second")])
        {
            delays[every].Sort();
            yield return new Figure($"open.latency_p50_ms.{name}", At(delays[every], 0.5), "ms", $"{connections:N0} open connections, {what}: other events to stdout, p50");
            yield return new Figure($"open.latency_p99_ms.{name}", At(delays[every], 0.99), "ms", "  p99");
        }
    }

    private static void Run(Process load, string every, int seconds, List<double> delays)
    {
        using var agent = Agent.StartPiped("--flow-every", every, "--sockets", "524288", "--state", "none");
        var reading = Task.Factory.StartNew(() => Read(agent, delays), TaskCreationOptions.LongRunning);
        for (var sent = 0; sent < seconds / SecondsBetweenSends; sent++)
        {
            load.StandardInput.WriteLine("send");
            Tools.Storm(agent, Rate, SecondsBetweenSends);
            Expect(load, "sent");
        }

        agent.Stop();
        reading.Wait();
        if (agent.Lost() is > 0 and var lost)
        {
            throw new InvalidOperationException($"{lost} events lost");
        }
    }

    private static void Read(Agent agent, List<double> delays)
    {
        var lines = 0L;
        while (agent.Output.ReadLine() is { } line)
        {
            if (line.Contains(OfStorm, StringComparison.Ordinal) && ++lines % LinesToOneParsed == 0)
            {
                var arrival = DateTime.UtcNow;
                using var e = JsonDocument.Parse(line);
                var happened = DateTime.Parse(e.RootElement.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
                delays.Add((arrival - happened).TotalMilliseconds);
            }
        }
    }

    private static void Expect(Process load, string answer)
    {
        if (load.StandardOutput.ReadLine() is var line && line != answer)
        {
            throw new InvalidOperationException($"netload said '{line}' instead of '{answer}'");
        }
    }

    private static double At(List<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Count - 1, share * sorted.Count)];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
