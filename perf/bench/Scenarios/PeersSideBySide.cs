using NetMon.Bench.Peers;

namespace NetMon.Bench.Scenarios;

/// <summary>
/// The same storm of real connections under one tracer after the other, each next to an untraced storm, several rounds: the lines
/// of each, their cost, and the slowdown of the load. Medians, except for delivered lines, which are sums.
/// </summary>
internal static class PeersSideBySide
{
    private const string Address = "127.77.0.1"; // used by nothing else, so that lines of other connections are distinguishable

    public static IEnumerable<Figure> Measure(bool quick)
    {
        var (connections, rounds) = quick ? (10_000, 2) : (30_000, 5);
        Dictionary<string, string> refusals = [];
        List<(Peer Peer, string Reason)> failures = [];
        List<(Peer Peer, Seen Seen)> all = [];
        for (var round = 0; round < rounds; round++)
        {
            foreach (var peer in Peer.All.Where(peer => !refusals.ContainsKey(peer.Name)))
            {
                try
                {
                    all.Add((peer, Run(peer, connections, bareFirst: round % 2 == 0)));
                }
                catch (PeerException e)
                {
                    if (all.Any(run => run.Peer == peer))
                    {
                        failures.Add((peer, e.Message)); // it can run, but failed this time
                    }
                    else
                    {
                        refusals.Add(peer.Name, e.Message);
                    }
                }
            }
        }

        foreach (var peer in Peer.All)
        {
            if (refusals.TryGetValue(peer.Name, out var refusal))
            {
                yield return new Figure($"peers.{peer.Name}", double.NaN, "", $"{peer.Name} ({peer.What}) does not run here: {refusal}");
                continue;
            }

            var seen = all.Where(run => run.Peer == peer).Select(run => run.Seen).ToList();
            foreach (var (_, reason) in failures.Where(failure => failure.Peer == peer))
            {
                yield return new Figure($"peers.{peer.Name}", double.NaN, "", $"{peer.Name}: a round without a result, it {reason}");
            }

            var events = seen.Sum(run => run.Lines);
            yield return new Figure($"peers.{peer.Name}.delivered_percent", 100.0 * events / ((long)connections * peer.LinesPerConnection * seen.Count), "%", $"{peer.Name} ({peer.What}): delivered");
            yield return new Figure($"peers.{peer.Name}.cpu_ms", Median(seen.Select(run => run.CpuSeconds * 1e6 / run.Lines)), "ms/1,000", "  its CPU for 1,000 events");
            yield return new Figure($"peers.{peer.Name}.cpu_us_per_connection", Median(seen.Select(run => run.CpuSeconds * 1e6 / connections)), "us", "  its CPU per connection");
            yield return new Figure($"peers.{peer.Name}.peak_mib", seen.Max(run => run.PeakMebibytes), "MiB", "  peak resident");
            yield return new Figure($"peers.{peer.Name}.slowdown", Median(seen.Select(run => run.Slowdown)), "ratio", "  CPU of the load with it, divided by that without");
            yield return new Figure($"peers.{peer.Name}.rate", Median(seen.Select(run => run.Rate)), "ratio", "  connections per second with it, divided by those without");
        }
    }

    private static Seen Run(Peer peer, int connections, bool bareFirst)
    {
        using var scratch = new Scratch();
        var bare = bareFirst ? Tools.LoadOn(Address, connections) : "";
        using var tracer = new PeerProcess(peer, scratch["lines"]);
        var before = tracer.Usage.CpuSeconds;
        var traced = Tools.LoadOn(Address, connections);
        tracer.WaitUntilQuiet();
        var after = tracer.Usage;
        tracer.Stop();
        bare = bareFirst ? bare : Tools.LoadOn(Address, connections);
        var lines = File.ReadLines(scratch["lines"]).LongCount(line => line.Contains(Address, StringComparison.Ordinal) && (peer.IsEvent is null || peer.IsEvent(line)));
        if (lines == 0)
        {
            throw new PeerException("attaches, but reports no connection");
        }

        return new Seen(
            lines, after.CpuSeconds - before, after.PeakMebibytes, Ratio(traced, bare, "cpu_us_per_connection"), Ratio(traced, bare, "connections_per_s"));
    }

    private static double Ratio(string traced, string bare, string name) => Tools.Value(traced, name) / Tools.Value(bare, name);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private sealed record Seen(long Lines, double CpuSeconds, double PeakMebibytes, double Slowdown, double Rate);
}
