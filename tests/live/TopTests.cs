using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary><c>netmon top</c> on a terminal of tmux, and without one.</summary>
[Trait("suite", "offline")]
public sealed class TopTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public TopTests()
    {
        Needs.Program("tmux");
    }

    public void Dispose()
    {
        Tmux("kill-server");
        _scratch.Dispose();
    }

    [Fact]
    public void Keys_change_the_view_and_quit()
    {
        using var agent = AgentProcess.Start("--capture", _scratch["capture"], "--json", "none", "--keep-free", "0", "--source", "synthetic:rate=5000");
        Tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", $"{Repository.Agent} top --capture {_scratch["capture"]}; echo $? >{_scratch["code"]}; cat");
        WaitForScreen("rows of workloads", lines => lines[2].Contains("CONN/s", StringComparison.Ordinal) && lines[3].StartsWith("WORKLOADS", StringComparison.Ordinal) && lines[4].Trim().Length > 0);
        Assert.Matches(@"^WORKLOADS +1s +10s +60s +10s +10s +10s$", Screen()[3]);
        Assert.Equal(24, Screen().Length);

        Key("f");
        WaitForScreen("failures first", lines => Titles(lines) is ["FAIL/s", "FAIL/s", "FAIL/s", "CONN/s", ..]);
        Key("b");
        WaitForScreen("bytes first", lines => Titles(lines) is ["BYTES/s", ..]);
        Key("p");
        WaitForScreen("rows of peers", lines => lines[3].StartsWith("PEERS", StringComparison.Ordinal) && lines[4][0] is '→' or '←');
        Key("Space");
        WaitForScreen("the pause", lines => lines[^1].StartsWith("paused", StringComparison.Ordinal));
        Key("Space");
        Key("?");
        WaitForScreen("the help", lines => lines.Any(line => line.StartsWith("q  quit", StringComparison.Ordinal)));
        Key("?");

        Tmux("resize-window", "-x", "160", "-y", "40");
        WaitForScreen("the wider screen", lines => lines.Length == 40 && Titles(lines).Length == 12);

        Key("q");
        WaitFor.True(() => File.ReadAllText(_scratch["code"]) == "0\n", "the end");
        agent.Stop();
    }

    [Fact]
    public void Ctrl_C_restores_the_terminal()
    {
        using var agent = AgentProcess.Start("--capture", _scratch["capture"], "--json", "none", "--keep-free", "0", "--source", "synthetic:rate=1000");
        Tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", $"trap : INT; echo before; {Repository.Agent} top --capture {_scratch["capture"]}; echo $? >{_scratch["code"]}; stty -a >{_scratch["stty"]}; cat");
        WaitForScreen("the screen", lines => lines[0].StartsWith("netmon top", StringComparison.Ordinal));
        Key("C-c");
        WaitFor.True(() => File.ReadAllText(_scratch["code"]) == "130\n", "the end");
        WaitFor.True(() => Screen()[0] == "before", "what was there before");
        WaitFor.True(() => File.ReadAllText(_scratch["stty"]).Contains(" echo ", StringComparison.Ordinal), "echo");
        Assert.Equal("1", Tmux("display-message", "-p", "#{cursor_flag}").MustSucceed().Output.Trim());
        agent.Stop();
    }

    [Theory]
    [InlineData("")]
    [InlineData("trap '' HUP; ")] // as under nohup
    public void It_exits_when_its_terminal_closes(string trap)
    {
        using var agent = AgentProcess.Start("--capture", _scratch["capture"], "--json", "none", "--keep-free", "0", "--source", "synthetic:rate=1000");
        Tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", $"{trap}echo $$ >{_scratch["pid"]}; exec {Repository.Agent} top --capture {_scratch["capture"]}");
        WaitForScreen("the screen", lines => lines[0].StartsWith("netmon top", StringComparison.Ordinal));
        var process = $"/proc/{File.ReadAllText(_scratch["pid"]).Trim()}";
        Assert.True(Directory.Exists(process));
        Tmux("kill-server").MustSucceed();
        WaitFor.True(() => !Directory.Exists(process), "the end");
        agent.Stop();
    }

    [Fact]
    public void Without_a_terminal_it_prints_one_table()
    {
        using (var agent = AgentProcess.Start("--capture", _scratch["capture"], "--json", "none", "--keep-free", "0", "--source", "synthetic:rate=20000,count=20000"))
        {
            Assert.Equal(0, agent.WaitForExit());
        }

        string[] lines = Top("--by", "bytes", "--of", "peers");
        Assert.Matches(@"^\d+ peers  ", lines[0]);
        Assert.Matches("BYTES/s +BYTES/s +BYTES/s +CONN/s +FAIL/s +LATENCY", lines[1]);
        Assert.True(lines.Length > 20);
        Assert.All(lines[1..], line => Assert.True(line.Length <= 120, line));
        Assert.Single(Top("--once", "--process", "no-such")[3..].DefaultIfEmpty(""));
        Assert.Equal(2, Shell.Run(Repository.Agent, "top", "--capture", _scratch["capture"], "--by", "luck").ExitCode);
        Assert.Equal(2, Shell.Run(Repository.Agent, "top", "--capture", _scratch["capture"], "--interval", "1ms").ExitCode);
    }

    private static string[] Titles(string[] lines) => lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string[] Top(params string[] options) => Shell.Run(Repository.Agent, ["top", "--capture", _scratch["capture"], .. options]).MustSucceed().Output.TrimEnd('\n').Split('\n');

    private Shell.Result Tmux(params string[] arguments) => Shell.Run("tmux", ["-S", _scratch["tmux"], .. arguments]);

    private void Key(string key) => Tmux("send-keys", key).MustSucceed();

    private string[] Screen() => Tmux("capture-pane", "-p").MustSucceed().Output.TrimEnd('\n').Split('\n');

    private void WaitForScreen(string what, Func<string[], bool> shows)
    {
        var last = "";
        try
        {
            WaitFor.True(
                () =>
                {
                    var lines = Tmux("capture-pane", "-p").Output.TrimEnd('\n').Split('\n');
                    last = string.Join('\n', lines);
                    return lines.Length > 5 && shows(lines);
                },
                what);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"waited in vain for {what}; the screen was:\n{last}"));
        }
    }
}
