using System.Globalization;

namespace NetMon.Bench.Scenarios;

/// <summary>
/// How long questions take over one hour of the standard node, 36 million events: sealed, and as a killed agent leaves the current hour
/// (pieces, roll-ups and a segment). Each question is a process of its own, and the faster of two runs counts.
/// </summary>
internal static class Answers
{
    private const int RunsPerQuestion = 2;
    private const int CurrentHourRate = 500_000;
    private static readonly TimeSpan TimeToWrite = TimeSpan.FromMinutes(3);

    private static readonly (string Name, string What, string[] Arguments)[] Questions =
    [
        ("count", "count(*) of all events", ["query", "SELECT count(*) FROM events"]),
        ("picture", "the picture of the last hour", ["query"]),
        ("failures", "failures", ["query", "SELECT * FROM failures ORDER BY attempts DESC LIMIT 10"]),
        ("talkers", "talkers", ["query", "SELECT * FROM talkers ORDER BY bytes_sent DESC LIMIT 10"]),
        ("new_destinations", "new_destinations", ["query", "SELECT count(*) FROM new_destinations"]),
        ("completeness", "completeness", ["query", "SELECT * FROM completeness"]),
        ("address", "events of one address", ["query", "SELECT count(*) FROM events WHERE src_ip = '10.240.0.9'"]),
        ("bytes_by_minute", "bytes_by_minute", ["query", "SELECT * FROM bytes_by_minute LIMIT 5"]),
        ("process", "connections of one process, added up", ["query", "SELECT count(*), sum(bytes_sent) FROM connections WHERE process = 'web-go'"]),
        ("connections", "all connections, added up", ["query", "SELECT count(*), sum(bytes_sent) FROM connections"]),
        ("open_now", "open_now", ["query", "SELECT count(*) FROM open_now"]),
        ("edges", "edges", ["query", "SELECT * FROM edges LIMIT 5"]),
        ("report_by_hour", "netmon report by hour", ["report", "--since", "24h"]),
        ("report_by_minute", "netmon report by minute", ["report", "--since", "2h"]),
    ];

    public static IEnumerable<Figure> Measure(bool quick)
    {
        var events = quick ? 2_000_000 : 36_000_000;
        return MeasureSealed(events).Concat(MeasureCurrent(events));
    }

    private static IEnumerable<Figure> MeasureSealed(int events)
    {
        using var scratch = new Scratch();
        var capture = scratch["capture"];
        WaitForRoomInHour();
        var written = Command.Run(Tools.Agent, "run", "--source", Text($"synthetic:count={events}"), "--json", "none", "--capture", capture);
        yield return new Figure("answers.written.s", written.Seconds, "s", Text($"{events:N0} events written and sealed as fast as possible"));
        yield return new Figure("answers.written.events_per_s", events / written.Seconds, "events/s", "  as a rate");
        yield return new Figure("answers.written.peak_mib", written.PeakMebibytes, "MiB", "  peak resident");
        yield return new Figure("answers.sealed.bytes_per_event", (double)Tools.Bytes(capture, "events") / events, "bytes/event", "  of the sealed file");
        yield return new Figure("answers.sealed.rollup_bytes_per_event", (double)Tools.Bytes(capture, "rollup") / events, "bytes/event", "  of its roll-up");
        foreach (var figure in Ask("sealed", "sealed hour", capture))
        {
            yield return figure;
        }
    }

    private static IEnumerable<Figure> MeasureCurrent(int events)
    {
        using var scratch = new Scratch();
        var capture = scratch["capture"];
        WaitForRoomInHour();
        using (Agent.Start("--source", Text($"synthetic:rate={CurrentHourRate}"), "--json", "none", "--capture", capture))
        {
            Thread.Sleep(TimeSpan.FromSeconds((double)events / CurrentHourRate)); // then it is killed
        }

        var rows = long.Parse(Tools.Run(Tools.Query, "query", "--capture", capture, "--format", "csv", "SELECT count(*) AS rows FROM events").Split('\n')[1], CultureInfo.InvariantCulture);
        yield return new Figure("answers.current.events", rows, "events", "current hour, as a killed agent leaves it: events");
        yield return new Figure("answers.current.bytes_per_event", (double)Tools.Bytes(capture, "hot") / rows, "bytes/event", "  of all its files");
        foreach (var figure in Ask("current", "current hour", capture))
        {
            yield return figure;
        }

        var sealing = Command.Run(Tools.Agent, "seal", "--capture", capture);
        yield return new Figure("answers.seal.s", sealing.Seconds, "s", "netmon seal of the current hour that a killed agent left");
        yield return new Figure("answers.seal.peak_mib", sealing.PeakMebibytes, "MiB", "  peak resident");
    }

    private static IEnumerable<Figure> Ask(string hour, string which, string capture)
    {
        foreach (var (name, what, arguments) in Questions)
        {
            var best = Enumerable.Range(0, RunsPerQuestion).Select(_ => Command.Run(Tools.Query, [.. arguments, "--memory", "6GiB", "--capture", capture])).MinBy(run => run.Seconds)!;
            yield return new Figure($"answers.{hour}.{name}.s", best.Seconds, "s", $"{which}: {what}");
            yield return new Figure($"answers.{hour}.{name}.peak_mib", best.PeakMebibytes, "MiB", "  peak resident");
        }
    }

    /// <summary>So that all events are in one hour's file.</summary>
    private static void WaitForRoomInHour()
    {
        while (DateTime.UtcNow.TimeOfDay.Ticks % TimeSpan.TicksPerHour > TimeSpan.TicksPerHour - TimeToWrite.Ticks)
        {
            Thread.Sleep(TimeSpan.FromSeconds(1));
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
