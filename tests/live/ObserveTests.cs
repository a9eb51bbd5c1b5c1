using System.Diagnostics;
using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <c>netmon observe</c> next to a running agent: every event once, across a rotation of segments and the end of an hour.
[Trait("suite", "offline")]
public sealed class ObserveTests : IDisposable
{
    private const long SecondsPerHour = 3600;
    private const int Rate = 20_000;
    private const int Count = 200_000; // more than a segment's rows on at least one side of the hour
    private const string Columns = "type, src_ip, src_port::INT, dst_ip, dst_port::INT, pid::INT, direction";
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Following_shows_each_event_once_across_an_hour_boundary()
    {
        var capture = _scratch["capture"];
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var ahead = SecondsPerHour - now % SecondsPerHour - Count / Rate / 2; // the hour ends in the middle of them
        using var agent = AgentProcess.Start(
            "--capture", capture, "--json", "none", "--keep-free", "0", "--source", string.Create(CultureInfo.InvariantCulture, $"synthetic:rate={Rate},count={Count},ahead={ahead}"));
        using var all = Observe("all", "--since", "1h", "--output", "json");
        using var failed = Observe("failed", "--since", "1h", "--output", "json", "--failed");
        using var some = Observe("some", "--since", "1h", "--type", "close", "--min-bytes", "64KiB", "--output", "json");
        Assert.Equal(0, agent.WaitForExit());

        AssertShown("all", "true");
        AssertShown("failed", "result <> 'established'");
        AssertShown("some", "type = 'CLOSE' AND bytes_sent + bytes_received >= 65536");
        Array.ForEach([all, failed, some], process => Assert.Equal(130, Interrupt(process)));
        Assert.Equal(2, Duck.Number($"SELECT count(DISTINCT (date, hour)) FROM {Duck.Events(capture)}"));
        Assert.DoesNotContain("sealed before they could be read", File.ReadAllText(_scratch["all.err"]), StringComparison.Ordinal);
        Assert.Contains("no agent is writing", Shell.Run(Repository.Agent, "observe", "--capture", capture, "--last", "1").MustSucceed().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_events_are_printed_and_a_closed_pipe_stops_it()
    {
        var capture = _scratch["capture"];
        using (var agent = AgentProcess.Start("--capture", capture, "--json", "none", "--keep-free", "0", "--source", "synthetic:count=5000"))
        {
            Assert.Equal(0, agent.WaitForExit());
        }

        var lines = Shell.Run(Repository.Agent, "observe", "--capture", capture).MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(20, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z .* [→←] .*(CONNECT|ACCEPT|CLOSE|FLOW)", line));
        var three = Shell.Run(Repository.Agent, "observe", "--capture", capture, "--last", "3").MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines[^3..].Select(TimeOf), three.Select(TimeOf)); // several events share a time
        Assert.Equal(5000, Shell.Run(Repository.Agent, "observe", "--capture", capture, "--since", "1h", "-o", "wide").MustSucceed().Output.Count(c => c == '\n'));

        // No more events arrive, so it can't notice by a failing write.
        Assert.Single(Shell.Script($"{Repository.Agent} observe --capture {capture} --follow --last 5 | head -1").MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("--last=-1")]
    [InlineData("--output=xml")]
    [InlineData("--color=blue")]
    [InlineData("--follow --until=1m")]
    [InlineData("--follow --capture=s3://bucket/prefix")]
    public void Invalid_requests_are_refused(string options)
    {
        Directory.CreateDirectory(_scratch["capture/hot"]);
        var result = Shell.Run(Repository.Agent, ["observe", "--capture", _scratch["capture"], .. options.Split(' ')]);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Starts it; stdout goes to a file of that name, stderr to another.</summary>
    private Process Observe(string name, params string[] options) => Process.Start(
        "/bin/sh", ["-c", $"exec \"$@\" >{_scratch[name]} 2>{_scratch[name]}.err", "sh", Repository.Agent, "observe", "--follow", "--capture", _scratch["capture"], .. options])!;

    /// <summary>Waits until the output has as many lines as the capture has rows, and compares them.</summary>
    private void AssertShown(string name, string condition)
    {
        var events = $"{Duck.Events(_scratch["capture"])} WHERE {condition}";
        var count = Duck.Number($"SELECT count(*) FROM {events}");
        Assert.InRange(count, 1000, Count);
        WaitFor.True(() => File.ReadLines(_scratch[name]).LongCount() >= count, $"{count} lines of {name}");
        var rows = $"SELECT epoch_us(timestamp), {Columns} FROM {events}";
        var lines = $"SELECT epoch_us(timestamp::TIMESTAMP), {Columns} FROM read_json('{_scratch[name]}', format = 'newline_delimited', columns = {{timestamp: 'TIMESTAMP', type: 'VARCHAR', src_ip: 'VARCHAR', src_port: 'INT', dst_ip: 'VARCHAR', dst_port: 'INT', pid: 'INT', direction: 'VARCHAR'}})";
        Assert.Empty(Duck.Rows($"({rows}) EXCEPT ALL ({lines}) LIMIT 3"));
        Assert.Empty(Duck.Rows($"({lines}) EXCEPT ALL ({rows}) LIMIT 3"));
    }

    private static string TimeOf(string line) => line.Split(' ')[0];

    private static int Interrupt(Process process)
    {
        Shell.Script($"kill -INT {process.Id}").MustSucceed();
        Assert.True(process.WaitForExit(Patience.Limit));
        return process.ExitCode;
    }
}
