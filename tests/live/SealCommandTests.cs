using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>netmon seal: seals what killed agents left without starting an agent, and leaves a running agent's files alone.</summary>
[Trait("suite", "offline")]
public sealed class SealCommandTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private string Capture => _scratch["capture"];

    private string[] Hot => [.. Directory.EnumerateFiles(Path.Combine(Capture, "hot"), "*", SearchOption.AllDirectories)];

    [Fact]
    public void Files_of_a_killed_agent_are_sealed_and_the_time_since_then_stays_a_loss()
    {
        var rows = Kill("n1");
        var sealing = Seal();
        Assert.Equal(0, sealing.ExitCode);
        Assert.Matches(@"^n1: sealed \d hours? from \d+ hot files?, and \d+ loss journals?\n$", sealing.Output);
        Assert.True(Rows("n1") >= rows, $"{Rows("n1")} rows are sealed, {rows} were there before the kill");
        Assert.EndsWith(".seen", Assert.Single(Hot), StringComparison.Ordinal);
        AssertNothingToSeal(Seal());

        using var next = Start("n1", "synthetic:rate=1000,count=2000");
        Assert.Equal(0, next.WaitForExit());
        Assert.Equal(1, Duck.Number($"SELECT count(*) FROM {Duck.Losses(Capture)} WHERE stage = 'agent' AND reason = 'down'"));
    }

    [Fact]
    public void Files_of_every_node_are_sealed_unless_one_is_named()
    {
        const string other = "node \"2\"/ü"; // encoded in the names of its files
        Kill("n1");
        Kill(other);
        var sealing = Seal("--node", other);
        Assert.StartsWith($"{other}: sealed ", Assert.Single(sealing.MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.True(Rows(other) > 0);
        Assert.Contains(Hot, file => Path.GetFileName(file).StartsWith("n1.", StringComparison.Ordinal) && file.EndsWith(".arrows", StringComparison.Ordinal));
        Assert.Equal("nothing to seal for n3\n", Seal("--node", "n3").MustSucceed().Output);

        Kill(other);
        Assert.Equal([$"{other}: sealed", "n1: sealed"], Seal().MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..(line.IndexOf("sealed", StringComparison.Ordinal) + 6)]).Order(StringComparer.Ordinal).Reverse());
        Assert.True(Rows("n1") > 0);
        Assert.All(Hot, file => Assert.EndsWith(".seen", file, StringComparison.Ordinal));
    }

    [Fact]
    public void With_a_running_agent_it_is_refused_and_nothing_changes()
    {
        using var agent = Start("n1", "synthetic:rate=1000");
        WaitForRows("n1");
        var before = Hot.Length;
        var sealing = Seal();
        Assert.Equal((1, ""), (sealing.ExitCode, sealing.Output));
        Assert.Contains("another agent uses", sealing.Error, StringComparison.Ordinal);
        Assert.InRange(Hot.Length, before, before + 2); // the agent continues
        agent.Stop();
    }

    [Fact]
    public void Without_left_files_there_is_nothing_to_seal()
    {
        Directory.CreateDirectory(Capture);
        AssertNothingToSeal(Seal());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Capture));
        using var agent = Start("n1", "synthetic:count=100");
        Assert.Equal(0, agent.WaitForExit());
        AssertNothingToSeal(Seal());
    }

    [Fact]
    public void A_segment_of_another_version_stays_and_is_a_failure()
    {
        Kill("n1");
        foreach (var segment in Hot.Where(file => file.EndsWith(".arrows", StringComparison.Ordinal)))
        {
            var bytes = File.ReadAllBytes(segment);
            var key = bytes.AsSpan().IndexOf("netmon.hot_version"u8); // its value precedes it
            bytes[bytes.AsSpan(0, key).LastIndexOf((byte)'3')] = (byte)'9';
            File.WriteAllBytes(segment, bytes);
        }

        var sealing = Seal();
        Assert.Equal(1, sealing.ExitCode);
        Assert.Contains("another version of the agent", sealing.Error, StringComparison.Ordinal);
        Assert.Contains("left in hot/", sealing.Output, StringComparison.Ordinal);
        Assert.Contains(Hot, file => file.EndsWith(".arrows", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_directory_it_is_refused_with_advice()
    {
        var none = Shell.Run("/usr/bin/env", "-u", "NETMON_CAPTURE", Repository.Agent, "seal");
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("--capture DIR", none.Error, StringComparison.Ordinal);
        var missing = Seal();
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains($"no such directory: {Capture}", missing.Error, StringComparison.Ordinal);
        Assert.Equal(2, Shell.Run(Repository.Agent, "seal", "--capture", Capture, "--nope").ExitCode);
    }

    public void Dispose() => _scratch.Dispose();

    private Shell.Result Seal(params string[] options) => Shell.Run(Repository.Agent, ["seal", "--capture", Capture, .. options]);

    private AgentProcess Start(string node, string source) =>
        AgentProcess.Start("--json", "none", "--capture", Capture, "--node", node, "--keep-free", "0", "--source", source);

    /// <summary>Kills an agent after it has written segments; returns the number of readable rows.</summary>
    private long Kill(string node)
    {
        using var agent = Start(node, "synthetic:rate=20000");
        var rows = WaitForRows(node);
        agent.Kill();
        return rows;
    }

    /// <summary>Waits until more rows of the node are readable; returns their number.</summary>
    private long WaitForRows(string node)
    {
        var capture = new SampleCapture(Capture);
        var (before, rows) = (Count(), 0L);
        WaitFor.True(() => (rows = Count()) > before + 5000, "rows");
        return rows;

        long Count() => long.Parse(capture.Ask($"SELECT count(*) FROM events WHERE node = '{node}'")[0], CultureInfo.InvariantCulture);
    }

    private long Rows(string node) => Duck.Number($"SELECT count(*) FROM {Duck.Events(Capture)} WHERE node = '{node}'");

    private static void AssertNothingToSeal(Shell.Result sealing) => Assert.Equal((0, "nothing to seal\n"), (sealing.ExitCode, sealing.Output));
}
