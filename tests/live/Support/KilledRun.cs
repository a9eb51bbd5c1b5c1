using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>A run of the agent on synthetic events that SIGKILL ended, and its output up to then.</summary>
/// <param name="Json">Its lines.</param>
/// <param name="Killed">Time of the kill by the source's clock, microseconds since 1970.</param>
/// <param name="WasSealing">Whether a file was incomplete at the kill.</param>
/// <param name="Log">Its log.</param>
/// <param name="Disorder">The largest step back in time from one line to the next, microseconds.</param>
internal sealed record KilledRun(string Json, long Killed, bool WasSealing, string Log, long Disorder)
{
    /// <summary>The identity of an event.</summary>
    private static readonly string[] Columns =
        ["type", "src_ip", "src_port", "dst_ip", "dst_port", "pid", "process", "netns", "direction", "cgroup_id", "result", "latency_us", "duration_us", "bytes_sent", "bytes_received", "rtt_us", "reason"];

    private static readonly string RowColumns = string.Join(", ", Columns.Select(column => $"CAST({column} AS VARCHAR) AS {column}"));

    /// <summary>Options that all runs on a capture share.</summary>
    public static string[] Options(Scratch scratch) => ["--capture", scratch["capture"], "--node", "n1", "--keep-free", "0", "--retain-for", "none"];

    /// <summary>Runs the agent and kills it.</summary>
    /// <param name="scratch">The place of the capture.</param>
    /// <param name="number">Number of the run.</param>
    /// <param name="boundary">An hour boundary that no earlier run has reached, seconds since 1970.</param>
    /// <param name="moment">When to kill it.</param>
    /// <param name="random">Chooses the moment.</param>
    public static KilledRun Run(Scratch scratch, int number, long boundary, KillMoment moment, Random random)
    {
        var json = scratch[string.Create(CultureInfo.InvariantCulture, $"events-{number}.json")];
        var toBoundary = TimeSpan.FromSeconds(moment == KillMoment.HourIsSealed ? 4 : 1800);
        var ahead = boundary - (DateTimeOffset.UtcNow + toBoundary).ToUnixTimeSeconds();
        using var agent = AgentProcess.Start([.. Options(scratch), "--json", json, "--source", string.Create(CultureInfo.InvariantCulture, $"synthetic:rate=50000,seed={number + 1},ahead={ahead}")]);
        var first = WaitForFirstLine(json);
        if (moment == KillMoment.HourIsSealed && first < boundary * 1_000_000)
        {
            // Sealing starts a second after the end of the hour and takes some tenths of a second: kills come before, during and after it.
            var waitsForSealing = random.NextDouble() < 0.8;
            WaitFor.True(() => waitsForSealing ? HasBegunToSeal(scratch, boundary) : LineTimes.Last(json) >= boundary * 1_000_000, "the end of the hour");
            WaitUntilSomeIsKept(json, first, ahead, beyond: TimeSpan.Zero);
            Thread.Sleep(random.Next(100)); // not a wait: this makes the moment random
        }
        else if (moment == KillMoment.PieceIsWritten)
        {
            WaitUntilSomeIsKept(json, first, ahead, beyond: TimeSpan.Zero);
            WaitFor.True(() => IsMaking(scratch), "a piece that is being made");
        }
        else
        {
            WaitUntilSomeIsKept(json, first, ahead, beyond: 3 * random.NextDouble() * TimeSpan.FromSeconds(1));
        }

        return Kill(scratch, agent, json, ahead, disorder: 10_000);
    }

    /// <summary>The same with events from the kernel, emitted by netstorm: its rings, its clock.</summary>
    public static KilledRun RunOnKernel(Scratch scratch, int number, Random random)
    {
        var json = scratch[string.Create(CultureInfo.InvariantCulture, $"events-{number}.json")];
        using var agent = AgentProcess.Start([.. Options(scratch), "--json", json, "--source", "kernel", "--accept-owner", "listener", "--runtime-endpoint", "none"]);
        var waitsForPiece = random.NextDouble() < 0.4;
        using var storm = Process.Start(new ProcessStartInfo(Repository.Storm, ["--rate", "50000", "--seconds", "3600"]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        try
        {
            WaitUntilSomeIsKept(json, WaitForFirstLine(json), ahead: 0, beyond: 3 * random.NextDouble() * TimeSpan.FromSeconds(1));
            WaitFor.True(() => !waitsForPiece || IsMaking(scratch), "a piece that is being made");
            return Kill(scratch, agent, json, ahead: 0, disorder: 500_000);
        }
        finally
        {
            storm.Kill();
            storm.WaitForExit();
        }
    }

    private static long WaitForFirstLine(string json)
    {
        long? first = null;
        WaitFor.True(() => (first = LineTimes.First(json)) is not null, "the first line");
        return first!.Value;
    }

    /// <summary>Waits until the output has lines that must survive, and later ones.</summary>
    private static void WaitUntilSomeIsKept(string json, long first, long ahead, TimeSpan beyond) => WaitFor.True(
        () => LineTimes.Last(json) is { } last && last > first && KeptOf(Now(ahead), last) > first + beyond.Ticks / TimeSpan.TicksPerMicrosecond,
        "lines that must be kept");

    private static bool HasBegunToSeal(Scratch scratch, long boundary)
    {
        var hour = DateTimeOffset.FromUnixTimeSeconds(boundary - 1);
        var folder = string.Create(CultureInfo.InvariantCulture, $"date={hour:yyyy-MM-dd}/hour={hour:HH}");
        return Has(Path.Combine(scratch["capture"], "hot", folder), "*.partial") || Has(Path.Combine(scratch["capture"], "events", folder), "*.parquet");

        static bool Has(string folder, string files) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, files).Any();
    }

    private static long Now(long ahead) => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond + ahead * 1_000_000;

    /// <summary>
    /// The latest time of an event that must survive a kill at this moment: a second before, as --durable-within promises. On a machine so
    /// busy that the other output, the lines, is delayed, rows may be delayed as well.
    /// </summary>
    private static long KeptOf(long killed, long last) => killed - 1_000_000 - 4 * Math.Max(0, killed - last);

    /// <summary>Whether a file is incomplete, for an agent that runs or has been killed.</summary>
    private static bool IsMaking(Scratch scratch)
    {
        var hot = Path.Combine(scratch["capture"], "hot");
        return Directory.Exists(hot) && Directory.EnumerateFiles(hot, "*.partial", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Any();
    }

    private static KilledRun Kill(Scratch scratch, AgentProcess agent, string json, long ahead, long disorder)
    {
        var killed = Now(ahead);
        agent.Kill();
        return new KilledRun(json, killed, IsMaking(scratch), agent.Log, disorder);
    }

    /// <summary>Asserts that every line that must be kept is a row, and that every row is there once; returns the number of rows.</summary>
    public static long AssertAllThere(Scratch scratch, IReadOnlyList<KilledRun> runs)
    {
        var rows = $"SELECT epoch_us(timestamp) AS moment, {RowColumns} FROM {Duck.Events(scratch["capture"])}";
        var lines = string.Join(" UNION ALL ", runs.Select(run => run.Lines()));
        var kept = string.Join(" UNION ALL ", runs.Select(run => $"{run.Lines()} WHERE moment <= {run.Kept()}"));

        // If the kill came before all its lines were printed, a run has rows without lines after the last of them; or before,
        // if a program was preempted in the kernel between taking the time and submitting.
        var ends = string.Join(" AND ", runs.Select(run => string.Create(CultureInfo.InvariantCulture, $"moment NOT BETWEEN {run.Last() - run.Disorder} AND {run.Killed + 1_000_000}")));
        Assert.Empty(Duck.Rows($"({kept}) EXCEPT ALL ({rows}) LIMIT 3"));
        var unprinted = Duck.Rows($"SELECT * FROM (({rows}) EXCEPT ALL ({lines})) WHERE {ends} ORDER BY moment LIMIT 3");
        Assert.True(unprinted.Count == 0, $"rows without lines: {string.Join("; ", unprinted.Select(row => string.Join(' ', row)))}; runs: {string.Join("; ", runs.Select(run => string.Create(CultureInfo.InvariantCulture, $"{run.Last()} killed {run.Killed}")))}");
        Assert.Empty(Duck.Rows($"SELECT * FROM ({rows}) GROUP BY ALL HAVING count(*) > 1 LIMIT 3"));
        Assert.Empty(Duck.Rows($"SELECT * FROM {Duck.Events(scratch["capture"])} WHERE timestamp::DATE <> date OR extract(hour FROM timestamp) <> hour LIMIT 3"));
        foreach (var run in runs)
        {
            Assert.True(Duck.Number($"SELECT count(*) FROM ({run.Lines()}) WHERE moment <= {run.Kept()}") > 0, "a run that was killed before it printed anything proves nothing");
        }

        return Duck.Number($"SELECT count(*) FROM {Duck.Events(scratch["capture"])}");
    }

    /// <summary>Asserts that the roll-ups have the sums of the rows.</summary>
    public static void AssertRollupsEqualRows(Scratch scratch)
    {
        const string Keys = "date, hour, direction, process, peer, port";
        const string Sums = "sum(attempts)::BIGINT, sum(accepts)::BIGINT, sum(closed)::BIGINT, sum(sent)::HUGEINT, sum(received)::HUGEINT";
        var rows = $"""
            SELECT {Keys}, {Sums} FROM (
                SELECT date, hour, direction, process, CASE direction WHEN 'outbound' THEN dst_ip ELSE src_ip END AS peer, dst_port AS port,
                    (type = 'CONNECT')::INT AS attempts, (type = 'ACCEPT')::INT AS accepts, (type = 'CLOSE')::INT AS closed,
                    coalesce(delta_sent, CASE type WHEN 'CLOSE' THEN bytes_sent END, 0) AS sent, coalesce(delta_received, CASE type WHEN 'CLOSE' THEN bytes_received END, 0) AS received
                FROM {Duck.Events(scratch["capture"])}) GROUP BY ALL
            """;
        var rollups = $"SELECT {Keys}, {Sums} FROM (SELECT *, bytes_sent AS sent, bytes_received AS received FROM {Duck.Rollups(scratch["capture"])}) GROUP BY ALL";
        Assert.Empty(Duck.Rows($"({rows}) EXCEPT ALL ({rollups}) LIMIT 3"));
        Assert.Empty(Duck.Rows($"({rollups}) EXCEPT ALL ({rows}) LIMIT 3"));
    }

    /// <summary>Age of the oldest printed event without a row at the kill; microseconds, 0 if all have rows.</summary>
    public long OldestLost(Scratch scratch)
    {
        var rows = $"SELECT epoch_us(timestamp) AS moment, {RowColumns} FROM {Duck.Events(scratch["capture"])}";
        return Duck.Number($"SELECT coalesce({Killed} - min(moment), 0) FROM (({Lines()}) EXCEPT ALL ({rows}))");
    }

    /// <summary>The lines as rows; skips the one that the kill cut.</summary>
    private string Lines()
    {
        var types = string.Join(", ", Columns.Select(column => $"{column}: 'VARCHAR'"));
        return $"SELECT * FROM (SELECT epoch_us(timestamp) AS moment, {string.Join(", ", Columns)} FROM read_json('{Json}', format = 'newline_delimited', ignore_errors = true, columns = {{timestamp: 'TIMESTAMP', {types}}}) WHERE timestamp IS NOT NULL)";
    }

    private long Kept() => KeptOf(Killed, Last());

    private long Last() => Duck.Number($"SELECT max(moment) FROM ({Lines()})");
}
