using System.Diagnostics;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>Log lines: their format in every program, and a stderr that does not accept them.</summary>
[Trait("suite", "offline")]
public sealed class LogTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Scratch _scratch = new();

    public static TheoryData<string[], int, string> WrongUsage => new()
    {
        { [Repository.Agent, "run", "--nonsense"], 2, "agent" },
        { [Repository.Agent, "run", "--duration", "soon"], 2, "agent" },
        { [Repository.Agent], 2, "agent" },
        { [Repository.Agent, "doctor", "--runtime-endpoint", "nothing"], 2, "doctor" },
        { [Repository.Agent, "query", "--nonsense"], 2, "query" },
        { [Repository.Agent, "query", "--capture", "/proc/no", "SELECT 1"], 1, "query" },
        { [Path.Combine(Path.GetDirectoryName(Repository.Agent)!, "netmon-archive"), "--nonsense"], 2, "uploader" },
        { [Path.Combine(Path.GetDirectoryName(Repository.Agent)!, "netmon-archive"), "--capture", "/proc", "--to", "s3://bucket"], 2, "uploader" },
    };

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public void Stderr_has_only_entries_and_stdout_only_events(string format)
    {
        var result = Shell.Run(
            Repository.Agent, "run", "--source", "synthetic:count=1000,containers=3", "--capture", _scratch["capture"], "--metrics", "127.0.0.1:0", "--log-format", format).MustSucceed();
        Assert.Equal(1000, result.Output.TrimEnd('\n').Split('\n').Select(SeenEvent.Parse).Count());
        var entries = LogEntry.Read(result.Error, format == "json");
        Assert.All(entries, entry => Assert.Equal("info", entry.Level));
        Assert.Equal(["metrics", "agent", "agent", "containers", "agent"], entries.Select(entry => entry.Component));
        Assert.StartsWith("ready: ", entries[1].Message, StringComparison.Ordinal);
        Assert.StartsWith("stopped: seen 1000,", entries[^1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WrongUsage))]
    public void A_refusal_is_an_entry_in_the_requested_format(string[] command, int code, string component)
    {
        foreach (var json in (bool[])[false, true])
        {
            var result = Shell.Run(command[0], [.. command[1..], .. json ? ["--log-format", "json"] : Array.Empty<string>()]);
            Assert.Equal((code, ""), (result.ExitCode, result.Output));
            var entry = Assert.Single(LogEntry.Read(result.Error, json));
            Assert.Equal(("error", component), (entry.Level, entry.Component));
        }
    }

    [Theory]
    [InlineData("run", "agent")]
    [InlineData("doctor", "doctor")]
    [InlineData("query", "query")]
    public void An_invalid_format_is_refused_as_option_and_as_variable(string command, string component)
    {
        foreach (var script in (string[])[$"{Repository.Agent} {command} --log-format xml", $"NETMON_LOG_FORMAT=xml {Repository.Agent} {command}"])
        {
            var result = Shell.Script(script);
            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            Assert.Equal(new LogEntry("error", component, "--log-format xml: expected text or json"), Assert.Single(LogEntry.Read(result.Error, json: false)));
        }
    }

    [Fact]
    public void Blocked_stdout_and_stderr_do_not_block_the_stop()
    {
        // Both are full before it starts, and it has both of their ends, so no reader ever disappears.
        Shell.Run("mkfifo", _scratch["out"], _scratch["err"]).MustSucceed();
        var script = $"exec 3<>{_scratch["out"]} 4<>{_scratch["err"]}"
            + $"; for full in {_scratch["out"]} {_scratch["err"]}; do dd if=/dev/zero of=$full oflag=nonblock bs=4096 2>{_scratch["dd"]}; done"
            + $"; exec {Repository.Agent} run --source synthetic:rate=10000 --capture {_scratch["capture"]} >&3 2>&4 3>&- 4>&-";
        using var agent = Process.Start("/bin/sh", ["-c", script]);
        try
        {
            WaitFor.True(() => Directory.EnumerateFiles(_scratch["capture"], "*.arrows", SearchOption.AllDirectories).Any(), "events in hot/");
            Shell.Script($"kill -TERM {agent.Id}").MustSucceed();
            Assert.True(agent.WaitForExit(Patience), "it did not end");
            Assert.Equal(0, agent.ExitCode);
            Assert.True(Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])}") > 0);
        }
        finally
        {
            agent.Kill();
        }
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData(">&- 2>&-")]
    [InlineData("<&- >&- 2>&-")]
    [InlineData("2>/dev/full")]
    public void A_closed_or_full_stderr_costs_nothing_and_no_file_receives_its_lines(string redirection)
    {
        var result = Shell.Script($"exec {Repository.Agent} run --source synthetic:count=1000 --json {_scratch["events.json"]} --capture {_scratch["capture"]} --record {_scratch["stream"]} {redirection}");
        Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Equal(1000, File.ReadLines(_scratch["events.json"]).Select(SeenEvent.Parse).Count());
        Assert.Equal(1000, Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])}"));
        Shell.Run(Repository.Agent, "run", "--source", $"replay:{_scratch["stream"]}", "--json", _scratch["again.json"]).MustSucceed();
        Assert.Equal(File.ReadAllLines(_scratch["events.json"]), File.ReadAllLines(_scratch["again.json"]));
    }

    public void Dispose() => _scratch.Dispose();
}
