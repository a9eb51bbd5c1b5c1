using System.Diagnostics;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>Damaged or unusual files given to --json and --record.</summary>
[Trait("suite", "offline")]
public sealed class FileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void After_a_kill_in_the_middle_of_a_line_every_line_is_complete()
    {
        // A pipe with 4 KiB between writes can't tear a line; the test tears the file as a power failure or a full disk does.
        using (var killed = AgentProcess.Start("--json", _scratch["events.json"], "--source", "synthetic:rate=20000"))
        {
            WaitFor.True(() => new FileInfo(_scratch["events.json"]).Length > 100_000, "lines");
            killed.Kill();
        }

        using (var file = new FileStream(_scratch["events.json"], FileMode.Open))
        {
            file.SetLength(file.Length - 20);
        }

        var before = File.ReadAllLines(_scratch["events.json"]);
        using var next = AgentProcess.Start("--json", _scratch["events.json"], "--source", "synthetic:count=1000");
        Assert.Equal(0, next.WaitForExit());
        var lines = File.ReadLines(_scratch["events.json"]).Select(SeenEvent.Parse).Count();
        Assert.Equal(before.Length - 1 + 1000, lines);
        Assert.Contains("ended with an incomplete line", next.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_FIFO_without_a_reader_costs_counted_lines_and_gets_the_rest_once_read()
    {
        Shell.Run("mkfifo", _scratch["fifo"]).MustSucceed();
        using var agent = AgentProcess.Start("--json", _scratch["fifo"], "--capture", _scratch["capture"], "--metrics", "127.0.0.1:0", "--source", "synthetic:rate=1000");
        WaitFor.True(() => Scrape.Of(agent)["""netmon_dropped_events_total{stage="json",reason="queue_full"}"""] > 0, "lines that are dropped");
        Assert.Equal(1, Scrape.Of(agent)["""netmon_part_failing{part="json"}"""]);
        Assert.Contains("json is failing: nobody has opened the FIFO for reading", Scrape.Get(agent, "/healthz").Body, StringComparison.Ordinal);
        Assert.Equal(200, Scrape.Get(agent, "/healthz").Status);
        using (var reader = new StreamReader(new FileStream(_scratch["fifo"], FileMode.Open, FileAccess.Read)))
        {
            for (var line = 0; line < 100; line++)
            {
                SeenEvent.Parse(reader.ReadLine()!);
            }

            Assert.Equal(0, Scrape.Of(agent)["""netmon_part_failing{part="json"}"""]);
        }

        agent.Stop();
        var decoded = LossReport.Number(agent.Log, "decoded");
        Assert.Equal(decoded, LossReport.Number(agent.Log, "json") + LossReport.Number(agent.Log, "json.queue_full") + LossReport.Number(agent.Log, "json.failed"));
        Assert.Equal(decoded, LossReport.Number(agent.Log, "parquet"));
    }

    [Fact]
    public void A_FIFO_that_is_never_read_blocks_neither_start_nor_stop()
    {
        Shell.Run("mkfifo", _scratch["fifo"]).MustSucceed();
        using var agent = AgentProcess.Start("--json", _scratch["fifo"], "--source", "synthetic:rate=1000");
        agent.Stop();
        Assert.Contains("nobody has opened the FIFO for reading", agent.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--record stream --source replay:stream", "--record stream: the same file as --source replay:")]
    [InlineData("--record link --source replay:stream", "--record link: the same file as --source replay:")]
    [InlineData("--record ./stream --source replay:stream", "--record ./stream: the same file as --source replay:")]
    [InlineData("--json stream --source replay:stream", "--json stream: the same file as --source replay:")]
    [InlineData("--json new --record ./new --source synthetic:count=1", "--json new: the same file as --record")]
    [InlineData("--record= --source synthetic:count=1", "--record: the value is empty")]
    public void A_file_has_one_purpose(string arguments, string said)
    {
        File.WriteAllText(_scratch["stream"], "a recording");
        File.CreateSymbolicLink(_scratch["link"], _scratch["stream"]);
        var result = Shell.Script($"cd {_scratch.Path} && exec {Repository.Agent} run {arguments}");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.Equal("a recording", File.ReadAllText(_scratch["stream"]));
    }

    [Fact]
    public void A_recording_does_not_follow_symbolic_links()
    {
        File.WriteAllText(_scratch["other"], "another's");
        File.CreateSymbolicLink(_scratch["link"], _scratch["other"]);
        var result = Shell.Run(Repository.Agent, "run", "--record", _scratch["link"], "--json", "none", "--source", "synthetic:count=1");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is a symbolic link, and links are not followed", result.Error, StringComparison.Ordinal);
        Assert.Equal("another's", File.ReadAllText(_scratch["other"]));
    }

    [Theory]
    [InlineData("--json none --capture {0}/capture", "2>&-")]
    [InlineData("--json {0}/events.json", "2>&-")]
    [InlineData("--json {0}/events.json --capture {0}/capture", "2>&-")]
    [InlineData("--json {0}/events.json --capture {0}/capture", "")]
    public void Each_output_works_alone_and_without_stderr(string outputs, string redirection)
    {
        var arguments = outputs.Replace("{0}", _scratch.Path, StringComparison.Ordinal);
        Assert.Equal(0, Shell.Script($"exec {Repository.Agent} run --source synthetic:count=5000 {arguments} {redirection}").ExitCode);
        if (File.Exists(_scratch["events.json"]))
        {
            Assert.Equal(5000, File.ReadLines(_scratch["events.json"]).Select(SeenEvent.Parse).Count());
        }

        if (Directory.Exists(_scratch["capture"]))
        {
            Assert.Equal(5000, Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])}"));
        }

        Assert.Equal(outputs.Contains("events.json", StringComparison.Ordinal), File.Exists(_scratch["events.json"]));
    }

    [Fact]
    public void Stdout_and_stderr_in_one_blocked_pipe_do_not_block_the_stop()
    {
        // The agent has both ends of the pipe, so the reader never disappears; its first output fits.
        Shell.Run("mkfifo", _scratch["both"]).MustSucceed();
        using var agent = Process.Start("/bin/sh", ["-c", $"exec 3<>{_scratch["both"]}; exec {Repository.Agent} run --source synthetic:rate=50000 --capture {_scratch["capture"]} >&3 2>&3"]);
        try
        {
            WaitFor.True(() => Directory.EnumerateFiles(_scratch["capture"], "*.arrows", SearchOption.AllDirectories).Any(), "events in hot/");
            Shell.Script($"kill -TERM {agent.Id}").MustSucceed();
            Assert.True(agent.WaitForExit(Patience.Limit), "it did not end");
            Assert.Equal(0, agent.ExitCode);
            Assert.True(Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])}") > 0);
        }
        finally
        {
            agent.Kill();
        }
    }

    public void Dispose() => _scratch.Dispose();
}
