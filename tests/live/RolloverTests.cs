using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The end of an hour under 50,000 events per second: every event in its hour, once, and lines as prompt as before.</summary>
public sealed class RolloverTests(ITestOutputHelper output) : IDisposable
{
    private const long SecondsPerHour = 3600;

    /// <summary>How long before the end of the hour the agent starts: sets the amount of data to seal.</summary>
    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("NETMON_ROLLOVER_SECONDS") ?? "10", CultureInfo.InvariantCulture);

    private readonly Scratch _scratch = new();
    private readonly List<(long Printed, long Late)> _lines = []; // microseconds since 1970, microseconds

    [Fact]
    public async Task No_event_is_lost_duplicated_or_in_the_wrong_hour_and_stdout_keeps_its_pace()
    {
        var boundary = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / SecondsPerHour + 2) * SecondsPerHour;
        var ahead = boundary - DateTimeOffset.UtcNow.ToUnixTimeSeconds() - Seconds;
        using var agent = AgentProcess.Start(
            Repository.Agent,
            ["run", "--capture", _scratch["capture"], "--keep-free", "0", "--source", string.Create(CultureInfo.InvariantCulture, $"synthetic:rate=50000,count={(Seconds + 5) * 50_000},ahead={ahead}")],
            readStdout: true);
        var reading = Task.Factory.StartNew(() => ReadLines(agent.StandardOutput, ahead * 1_000_000), TaskCreationOptions.LongRunning);
        var sealFrom = (boundary - ahead + 1) * 1_000_000; // an hour is sealed a second after its end
        await Task.Delay(TimeSpan.FromMicroseconds(Math.Max(0, sealFrom - Now())), TestContext.Current.CancellationToken); // by the clock, without a thread that spins next to the measurement
        WaitFor.True(() => SealedFiles() > 0, "the sealed hour");
        var sealUntil = Now();
        Assert.Equal(0, agent.WaitForExit());
        await reading;

        Assert.Contains("nothing lost", agent.Log, StringComparison.Ordinal);
        Assert.Equal((Seconds + 5) * 50_000, Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])}"));
        Assert.Equal(2, Duck.Number($"SELECT count(DISTINCT (date, hour)) FROM {Duck.Events(_scratch["capture"])}"));
        Assert.Empty(Duck.Rows($"SELECT * FROM {Duck.Events(_scratch["capture"])} WHERE timestamp::DATE <> date OR extract(hour FROM timestamp) <> hour LIMIT 3"));
        var columns = "type, src_ip, src_port::INT, dst_ip, dst_port::INT, pid::INT, direction";
        var rows = $"SELECT epoch_us(timestamp), {columns} FROM {Duck.Events(_scratch["capture"])}";
        var lines = $"SELECT epoch_us(timestamp::TIMESTAMP), {columns} FROM read_json('{_scratch["lines"]}', format = 'newline_delimited', columns = {{timestamp: 'TIMESTAMP', type: 'VARCHAR', src_ip: 'VARCHAR', src_port: 'INT', dst_ip: 'VARCHAR', dst_port: 'INT', pid: 'INT', direction: 'VARCHAR'}})";
        Assert.Empty(Duck.Rows($"({rows}) EXCEPT ALL ({lines}) LIMIT 3"));
        Assert.Empty(Duck.Rows($"({lines}) EXCEPT ALL ({rows}) LIMIT 3"));

        var sealing = _lines.Where(line => line.Printed >= sealFrom && line.Printed <= sealUntil).Select(line => line.Late).Order().ToList();
        var before = _lines.Where(line => line.Printed >= sealFrom - 4_000_000 && line.Printed < sealFrom - 100_000).Select(line => line.Late).Order().ToList();
        output.WriteLine($"from event to stdout, {sealing.Count} lines while sealing ({(sealUntil - sealFrom) / 1000} ms): {Percentiles(sealing)}; {before.Count} lines before: {Percentiles(before)}");
    }

    public void Dispose() => _scratch.Dispose();

    private static long Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static string Percentiles(List<long> sorted) =>
        sorted.Count == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"p50 {sorted[sorted.Count / 2] / 1000.0:0.0} ms, p99 {sorted[sorted.Count * 99 / 100] / 1000.0:0.0} ms, most {sorted[^1] / 1000.0:0.0} ms");

    private int SealedFiles()
    {
        var events = Path.Combine(_scratch["capture"], "events");
        return Directory.Exists(events) ? Directory.EnumerateFiles(events, "*.parquet", SearchOption.AllDirectories).Count() : 0;
    }

    /// <summary>Records the lines and the delay of each.</summary>
    private void ReadLines(StreamReader stdout, long ahead)
    {
        using var copy = new StreamWriter(_scratch["lines"]);
        while (stdout.ReadLine() is { } line)
        {
            copy.WriteLine(line);
            var now = Now();
            var time = DateTimeOffset.ParseExact(line.AsSpan(14, 27), "yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal); // {"timestamp":"2026-11-22T23:03:58.730926891Z"
            _lines.Add((now, now - ((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond - ahead)));
        }
    }
}
