using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using NetMon.LiveTests.Support;
using Xunit;
using static NetMon.LiveTests.Support.SampleRow;

namespace NetMon.LiveTests;

/// <summary>netmon query as a program: its formats, what it refuses, and that it is read-only.</summary>
[Trait("suite", "offline")]
public sealed partial class QueryToolTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private SampleCapture Capture => new(_scratch["capture"]);

    [Fact]
    public void Every_format_prints_the_same_rows()
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00") with { Process = "a\"b,c" }, Connect("09:00:01", "refused") with { Process = "x|y", Errno = 111 });
        const string sql = "SELECT process, errno FROM events ORDER BY timestamp";
        Assert.Equal("process  errno\n-------  -----\na\"b,c\nx|y        111\n", capture.Query(sql).MustSucceed().Output);
        Assert.Equal("process,errno\n\"a\"\"b,c\",\nx|y,111\n", capture.Query("--format", "csv", sql).MustSucceed().Output);
        Assert.Equal("{\"process\":\"a\\\"b,c\",\"errno\":null}\n{\"process\":\"x|y\",\"errno\":111}\n", capture.Query("--format", "json", sql).MustSucceed().Output);
        Assert.Equal("| process | errno |\n| ------- | ----: |\n| a\"b,c   |       |\n| x\\|y    |   111 |\n", capture.Query("--format", "markdown", sql).MustSucceed().Output);
    }

    [Fact]
    public void Terminal_control_characters_are_escaped()
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00") with { Process = "\u001b[2Jx\ny" });
        Assert.Contains("\\u001b[2Jx\\u000ay", capture.Query("SELECT process FROM events").MustSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_question_it_prints_the_last_hour()
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00"), Connect("09:00:01", "refused"), Close("09:00:02", 2_000_000, 4096));
        var picture = capture.Query().MustSucceed().Output;
        Assert.Contains("-- events, 2026-01-01 08:00 to 09:00 UTC", picture, StringComparison.Ordinal);
        Assert.Contains("refused", picture, StringComparison.Ordinal);
        Assert.Contains("4096", picture, StringComparison.Ordinal);
        Assert.Contains("new destinations", picture, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT * FROM nowhere", "nowhere")]
    [InlineData("SELECT 1; DROP VIEW events", "one SELECT")]
    [InlineData("EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/netmon-query-must-not-write'", "one SELECT")]
    [InlineData("COPY (SELECT 1) TO '/tmp/netmon-query-must-not-write'", "one SELECT")]
    [InlineData("SELECT 1) AS q); COPY (SELECT 1) TO '/tmp/netmon-query-must-not-write'; SELECT (SELECT 1", "COPY is not one SELECT")]
    [InlineData("SELECT 1) AS q, (SELECT 2", "syntax error")]
    [InlineData("ATTACH '/tmp/netmon-query-must-not-write'", "one SELECT")]
    [InlineData("SET enable_external_access = true", "one SELECT")]
    [InlineData("", "no question")]
    [InlineData("SELECT * FROM read_text('/etc/passwd')", "/etc/passwd")]
    [InlineData("SELECT * FROM glob('/etc/*')", "disabled by configuration")]
    public void Anything_but_one_question_about_the_capture_is_refused_with_a_reason(string sql, string why)
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00"));
        var result = capture.Query(sql);
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Matches("^[0-9T:.-]+Z error query: ", result.Error);
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/netmon-query-must-not-write"));
    }

    [Fact]
    public void Wrong_directories_formats_and_options_are_refused_with_advice()
    {
        AssertRefused(1, "no such directory", "--capture", _scratch["none"], "SELECT 1");
        Directory.CreateDirectory(_scratch["other"]);
        AssertRefused(1, "not a capture directory", "--capture", _scratch["other"], "SELECT 1");
        Directory.CreateDirectory(Path.Combine(_scratch["empty"], "events"));
        AssertRefused(1, "has no events yet", "--capture", _scratch["empty"]);
        AssertRefused(2, "no capture directory", "SELECT 1");
        AssertRefused(2, "--format xml: expected table, csv, tsv, json, ndjson, markdown or parquet", "--capture", _scratch["empty"], "--format", "xml");
        AssertRefused(2, "netmon query --help", "--frmat", "csv");
        AssertRefused(1, "n1.parquet", "--strict", "--capture", Broken(), "SELECT count(*) FROM talkers");
        Assert.Equal("0\n", Shell.Run(Repository.Agent, "query", "--capture", _scratch["empty"], "--format", "csv", "SELECT count(*) AS n FROM connections").MustSucceed().Output.Replace("n\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public void The_overview_is_valid_in_every_format()
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00"), Connect("09:00:01", "refused"), Close("09:00:02", 2_000_000, 4096));
        foreach (var line in capture.Query("--format", "json").MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var row = JsonDocument.Parse(line);
            Assert.NotEqual("", row.RootElement.GetProperty("table").GetString());
        }

        var csv = _scratch["picture.csv"];
        File.WriteAllText(csv, capture.Query("--format", "csv").MustSucceed().Output);
        Assert.Equal("refused", Duck.Rows($"SELECT result FROM read_csv('{csv}', header = true, strict_mode = true) WHERE \"table\" = 'what fails'").Single()[0]);
    }

    [Fact]
    public void SQL_can_be_read_from_stdin_and_from_a_file()
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00"));
        File.WriteAllText(_scratch["q.sql"], "-- two of them\nSELECT count(*) AS n FROM events;\nEXPLAIN SELECT 1;\n");
        Assert.StartsWith("n\n1\n\n", capture.Query("--format", "csv", "-f", _scratch["q.sql"]).MustSucceed().Output, StringComparison.Ordinal);
        Assert.Equal("n\n1\n", Shell.Script($"echo 'SELECT count(*) AS n FROM events' | {Repository.Agent} query --capture {capture.Directory} --format csv -").MustSucceed().Output);
    }

    [Fact]
    public void Rows_can_be_written_as_a_Parquet_file()
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00"), Connect("09:00:01"));
        var file = _scratch["answer.parquet"];
        Shell.Script($"{Repository.Agent} query --capture {capture.Directory} --format parquet 'SELECT timestamp, process FROM events' > {file}").MustSucceed();
        Assert.Equal(2, Duck.Number($"SELECT count(*) FROM '{file}' WHERE process = 'app' AND timestamp > '2026-01-01'"));
    }

    [Fact]
    public void Times_are_UTC_in_any_time_zone()
    {
        var now = DateTime.UtcNow;
        Capture.Hour($"{now:yyyy-MM-dd}", now.Hour, Connect($"{now:HH:mm:ss}"));
        Assert.Equal("n\n1\n", Shell.Script(
            $"TZ=Asia/Tokyo {Repository.Agent} query --capture {Capture.Directory} --format csv \"SELECT count(*) AS n FROM events WHERE timestamp BETWEEN now() - INTERVAL 1 HOUR AND current_timestamp\"").MustSucceed().Output);
    }

    [Fact]
    public void A_damaged_file_is_reported_and_the_rest_is_answered()
    {
        using (var agent = AgentProcess.Start("--json", "none", "--capture", Capture.Directory, "--source", "synthetic:count=50000"))
        {
            Assert.Equal(0, agent.WaitForExit());
        }

        Capture.Hour("2026-01-01", 9, Connect("09:00:00"));
        var file = Directory.GetFiles(Path.Combine(Capture.Directory, "events"), "*.parquet", SearchOption.AllDirectories).OrderByDescending(path => new FileInfo(path).Length).First();
        using (var bytes = File.OpenWrite(file))
        {
            bytes.Position = 100; // in the first page
            bytes.Write(new byte[64]);
        }

        const string sql = "SELECT count(*) AS n, max(hash(e)) IS NOT NULL AS read FROM events e";
        var result = Capture.Query("--format", "csv", sql).MustSucceed();
        Assert.Equal("n,read\n1,true\n", result.Output);
        Assert.Contains($"{file} is left out: it is damaged", result.Error, StringComparison.Ordinal);
        var strict = Capture.Query("--strict", sql);
        Assert.Equal((1, ""), (strict.ExitCode, strict.Output));
        Assert.Contains(file, strict.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_stops_it_at_once_without_leftover_temporary_files()
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00"));
        var temporary = Directory.CreateDirectory(_scratch["tmp"]).FullName;
        var stale = Directory.CreateDirectory(Path.Combine(temporary, "netmon-query-stale"));
        File.WriteAllText(Path.Combine(stale.FullName, "lock"), "");
        // It would run for hours. The shell execs it, so that the signal reaches it.
        var command = $"TMPDIR={temporary} exec {Repository.Agent} query --capture {capture.Directory} 'SELECT count(DISTINCT hash(a.range, b.range)) FROM range(10000000) a, range(10000000) b'";
        using var query = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        WaitFor.True(() => Directory.GetDirectories(temporary, "netmon-query-*") is [var one] && one != stale.FullName, "its folder alone");
        WaitFor.True(() => File.ReadAllText($"/proc/{query.Id}/comm").Trim() == "netmon-query", "the program in the same process");
        Shell.Run("kill", "-TERM", $"{query.Id}").MustSucceed();
        WaitFor.True(() => query.HasExited, "its end");
        Assert.NotEqual(0, query.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(temporary));
    }

    [Fact]
    public void Every_question_of_the_document_is_answered()
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00"), Close("09:00:02", 2_000_000, 4096));
        var questions = SqlBlock().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/query.md"))).Select(block => block.Groups[1].Value)
            .Where(sql => !sql.Contains(".read ", StringComparison.Ordinal)).ToList(); // this one is for stock DuckDB
        Assert.True(questions.Count > 10, $"{questions.Count} questions");
        Assert.All(questions, sql => capture.Query(sql).MustSucceed());
    }

    [Fact]
    public void A_link_in_the_capture_is_not_followed()
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00"));
        var elsewhere = new SampleCapture(_scratch["elsewhere"]).Hour("2026-01-01", 10, Connect("10:00:00"), Connect("10:00:01"));
        File.CreateSymbolicLink(Path.Combine(capture.Directory, "events/date=2026-01-01/hour=09/link.parquet"), Path.Combine(elsewhere.Directory, "events/date=2026-01-01/hour=10/n1.parquet"));
        Directory.CreateSymbolicLink(Path.Combine(capture.Directory, "events/date=2026-01-02"), Path.Combine(elsewhere.Directory, "events/date=2026-01-01"));
        Assert.Equal(["1"], capture.Ask("SELECT count(*) FROM events"));
    }

    [Fact]
    public void A_closed_reader_stops_it_without_an_error()
    {
        var capture = Capture.Hour("2026-01-01", 9, Connect("09:00:00"));
        var result = Shell.Script($"{{ {Repository.Agent} query --capture {capture.Directory} --format csv 'SELECT * FROM range(1000000)'; echo \"code $?\" >&2; }} | head -n 1");
        Assert.Equal("range\n", result.Output);
        Assert.Equal("code 0\n", result.Error);
    }

    [Fact]
    public void With_a_running_agent_rows_never_disappear_or_repeat_and_are_the_same_after_sealing()
    {
        using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--capture", Capture.Directory, "--node", "n1", "--source", "synthetic:rate=30000,churn=5,seed=9");
        var (last, different) = (0L, 0);
        WaitFor.True(() => Directory.Exists(Path.Combine(Capture.Directory, "hot")), "the capture");
        WaitFor.True(() => Look() && last >= 100_000, "five different answers");

        agent.Stop();
        Assert.Equal([$"{LossReport.Number(agent.Log, "parquet")}"], Capture.Ask("SELECT count(*) FROM events"));

        // One question; whether enough different answers have arrived.
        bool Look()
        {
            var answer = Capture.Ask("SELECT count(*), count(DISTINCT (timestamp, src_ip, src_port, type, direction, dst_ip, dst_port)), count(*) FILTER (container_id IS NULL) FROM events")[0].Split(',');
            var count = long.Parse(answer[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(count >= last, $"{count} after {last}");
            different += count > last ? 1 : 0;
            last = count;
            Assert.Equal((answer[0], "0"), (answer[1], answer[2]));
            return different >= 5;
        }
    }

    [Fact]
    public void Rows_of_the_current_hour_equal_those_of_the_sealed_file_in_every_column()
    {
        string until;
        string hot;
        using (var agent = AgentProcess.Start("--json", "none", "--capture", Capture.Directory, "--node", "n \"1\"/\u00fc", "--source", "synthetic:rate=20000,seed=5"))
        {
            WaitFor.True(() => Capture.Ask("SELECT count(*) > 40000 FROM events") is ["true"], "rows");
            until = Assert.Single(Capture.Ask("SELECT max(timestamp) - INTERVAL 500 MILLISECONDS FROM events"));
            hot = Assert.Single(Capture.Ask(Fingerprint(until)));
            Assert.False(Directory.EnumerateFiles(Path.Combine(Capture.Directory, "events"), "*.parquet", SearchOption.AllDirectories).Any(), "an hour ended just now");
            agent.Stop();
        }

        Assert.Equal(hot, Assert.Single(Capture.Ask(Fingerprint(until))));
        Assert.True(long.Parse(hot.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) > 20_000, hot);
    }

    [Fact]
    public void A_question_changes_no_file()
    {
        using (var agent = AgentProcess.Start("--json", "none", "--capture", Capture.Directory, "--source", "synthetic:count=20000"))
        {
            Assert.Equal(0, agent.WaitForExit());
        }

        var before = FilesAsTheyAre();
        Capture.Query().MustSucceed();
        Capture.Ask("SELECT count(*) FROM connections");
        Assert.Equal(before, FilesAsTheyAre());
    }

    public void Dispose() => _scratch.Dispose();

    private static string Fingerprint(string until) =>
        $"SELECT count(*) || ' ' || bit_xor(hash(e::VARCHAR)) FROM events e WHERE timestamp <= '{until}'";

    private string Broken()
    {
        var folder = Path.Combine(_scratch["broken"], "events/date=2026-01-01/hour=09");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "n1.parquet"), "PAR1 but no more");
        return _scratch["broken"];
    }

    private string FilesAsTheyAre() => string.Join('\n', Directory.EnumerateFiles(Capture.Directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));

    private static void AssertRefused(int code, string why, params string[] arguments)
    {
        var result = Shell.Script($"unset NETMON_CAPTURE; exec {Repository.Agent} query {string.Join(' ', arguments.Select(argument => $"'{argument}'"))}");
        Assert.Equal((code, ""), (result.ExitCode, result.Output));
        Assert.Contains(why, result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex("^```sql\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex SqlBlock();
}
