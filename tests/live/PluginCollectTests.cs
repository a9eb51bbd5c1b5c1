using System.Formats.Tar;
using System.Text;
using NetMon.LiveTests.Support;
using Xunit;
using static NetMon.LiveTests.Support.SampleRow;

namespace NetMon.LiveTests;

/// <summary>
/// kubectl netmon collect, export and report: files of several nodes in one folder, and refused parts of a hostile node's answer.
/// </summary>
[Trait("suite", "offline")]
public sealed class PluginCollectTests : IDisposable
{
    private const string Events = "SELECT node, count(*) AS n, bit_xor(hash(e)) AS rows FROM events e GROUP BY node ORDER BY node";
    private const string Sums = "SELECT node, sum(connections)::BIGINT AS n, sum(bytes_sent)::BIGINT AS bytes FROM talkers GROUP BY node ORDER BY node";
    private const string Losses = "SELECT node, stage, reason, count FROM loss ORDER BY ALL";
    private const string Owners = "SELECT * FROM owners ORDER BY ALL";

    private readonly PluginCluster _cluster = new();

    [Fact]
    public void The_folder_is_one_capture_with_all_rows_of_the_nodes()
    {
        SampleCapture[] captures = [AddNode(1), AddNode(2).Losses("2026-01-01", ("2026-01-01 09:00:00", "2026-01-01 09:00:01", "source", "ring_full", 7)), AddNode(3)];
        RunAndKill(captures[0].Directory, "node-1");
        RunAndKill(captures[2].Directory, "node-3");
        Assert.NotEmpty(Directory.EnumerateFiles(captures[2].Directory, "*.arrows", SearchOption.AllDirectories));

        var result = _cluster.Run("collect", "--since", "2026-01-01", "--to", _cluster["all"]).MustSucceed();
        Assert.Contains("3 of 3 nodes answered", result.Error, StringComparison.Ordinal);
        var all = new SampleCapture(_cluster["all"]);
        foreach (var question in (string[])[Events, Sums, Losses, Owners])
        {
            var expected = captures.SelectMany(capture => capture.Ask(question)).Order(StringComparer.Ordinal).ToList();
            Assert.NotEmpty(expected);
            Assert.Equal(expected, all.Ask(question).Order(StringComparer.Ordinal));
        }

        Assert.Equal(3, Duck.Number($"SELECT count(DISTINCT node) FROM {Duck.Events(_cluster["all"])}"));
        Assert.Empty(_cluster.Temporary);
    }

    [Fact]
    public void Earlier_hours_are_not_fetched_and_a_failing_node_is_named()
    {
        AddNode(1);
        AddNode(2);
        _cluster.Let(2, "fails");
        var result = _cluster.Run("collect", "--since", "2026-01-01T10:00:00Z", "--to", _cluster["all"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("1 of 2 nodes answered; not: node-2", result.Error, StringComparison.Ordinal);
        Assert.Equal([_cluster["all/events/date=2026-01-01/hour=10/node-1.parquet"]], Directory.GetFiles(_cluster["all"], "*", SearchOption.AllDirectories));
        Assert.Contains("it is there and not an empty folder", _cluster.Run("collect", "--to", _cluster["all"]).Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> HostileArchives => new()
    {
        { "up", "it sent a file that does not belong in a capture: ../evil" },
        { "root", "it sent a file that does not belong in a capture: /tmp/netmon-plugin-evil" },
        { "inside", "it sent a file that does not belong in a capture: events/date=2026-01-01/hour=09/../../../../evil" },
        { "hidden", "it sent a file that does not belong in a capture: events/date=2026-01-01/hour=09/.evil.parquet" },
        { "line", "it sent a file that does not belong in a capture" },
        { "link", "it sent something that is not a regular file" },
        { "hardlink", "it sent something that is not a regular file" },
        { "folder", "it sent a file that does not belong in a capture: events/" },
        { "cut", "its files did not arrive whole" },
        { "text", "its files did not arrive whole" },
        { "twin", "events/date=2026-01-01/hour=09/node-1.parquet has the same name as another node's" },
    };

    [Theory]
    [MemberData(nameof(HostileArchives))]
    public void Files_of_a_hostile_node_are_refused_and_those_of_others_kept(string archive, string why)
    {
        AddNode(1);
        AddNode(2);
        _cluster.Let(2, "sends", Archive(archive));
        var result = _cluster.Run("collect", "--since", "2026-01-01", "--to", _cluster["all"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"node-2: {(archive == "twin" ? "its file " : "")}{why}", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFileSystemEntries(_cluster["all"], "*", SearchOption.AllDirectories).Count(File.Exists));
        Assert.Equal(2, Duck.Number($"SELECT count(*) FROM {Duck.Events(_cluster["all"])}"));
        Assert.False(File.Exists(_cluster["evil"]) || File.Exists("/tmp/netmon-plugin-evil"));
        Assert.Empty(_cluster.Temporary);
    }

    [Fact]
    public void Events_of_several_nodes_are_one_stream_or_one_file_each()
    {
        AddNode(1);
        AddNode(2);
        Assert.Equal(4, _cluster.Run("export", "--since", "2026-01-01", "--format", "ndjson").MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        File.WriteAllText(_cluster["events.csv"], _cluster.Run("export", "--since", "2026-01-01", "--format", "csv").MustSucceed().Output);
        Assert.Equal(2, Duck.Number($"SELECT count(DISTINCT node) FROM read_csv('{_cluster["events.csv"]}', header = true, strict_mode = true)"));
        _cluster.Run("export", "--since", "2026-01-01", "--out", _cluster["files"]).MustSucceed();
        Assert.Equal(["node-1.parquet", "node-2.parquet"], Directory.GetFiles(_cluster["files"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(4, Duck.Number($"SELECT count(*) FROM '{_cluster["files"]}/*.parquet'"));
    }

    [Fact]
    public void A_report_over_several_nodes_needs_a_local_netmon()
    {
        AddNode(1);
        AddNode(2);
        foreach (var program in (string[])["bash", "sh", "cat", "grep", "mktemp", "rm", "sort", "tail"])
        {
            File.CreateSymbolicLink(_cluster[program], Shell.Script($"command -v {program}").MustSucceed().Output.Trim());
        }

        var result = _cluster.Script($"PATH={_cluster["."]} $netmon report");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("a report of 2 nodes needs netmon on this machine, and it is not on the PATH", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _cluster.Dispose();

    private SampleCapture AddNode(int number)
    {
        var connect = Connect("09:00:00") with { Node = $"node-{number}" };
        return _cluster.AddNode(number).Hour("2026-01-01", 9, connect).Hour("2026-01-01", 10, connect with { Time = "10:00:00" });
    }

    /// <summary>Leaves a current hour as a running agent has it: segments, pieces and their companions.</summary>
    private static void RunAndKill(string capture, string node)
    {
        using var agent = AgentProcess.Start("--node", node, "--json", "none", "--capture", capture, "--source", $"synthetic:rate=50000,node={node[^1]}");
        WaitFor.True(() => Directory.EnumerateFiles(capture, "*.rollup", SearchOption.AllDirectories).Any(), "a piece and its roll-up");
        agent.Kill();
    }

    private static byte[] Archive(string which)
    {
        const string folder = "events/date=2026-01-01/hour=09/";
        var good = PluginCluster.Entry($"{folder}node-2.parquet");
        var end = new PaxTarEntry(TarEntryType.RegularFile, "complete");
        return which switch
        {
            "up" => PluginCluster.Tar(good, PluginCluster.Entry("../evil"), end),
            "root" => PluginCluster.Tar(good, PluginCluster.Entry("/tmp/netmon-plugin-evil"), end),
            "inside" => PluginCluster.Tar(good, PluginCluster.Entry($"{folder}../../../../evil"), end),
            "hidden" => PluginCluster.Tar(good, PluginCluster.Entry($"{folder}.evil.parquet"), end),
            "line" => PluginCluster.Tar(good, PluginCluster.Entry($"{folder}a\n{folder}b.parquet"), end),
            "link" => PluginCluster.Tar(good, new PaxTarEntry(TarEntryType.SymbolicLink, $"{folder}l.parquet") { LinkName = "/etc" }, PluginCluster.Entry($"{folder}l.parquet"), end),
            "hardlink" => PluginCluster.Tar(good, new PaxTarEntry(TarEntryType.HardLink, $"{folder}l.parquet") { LinkName = "/etc/passwd" }, end),
            "folder" => PluginCluster.Tar(new PaxTarEntry(TarEntryType.Directory, "events/"), good, end),
            "cut" => PluginCluster.Tar(good),
            "text" => Encoding.UTF8.GetBytes("no archive"),
            "twin" => PluginCluster.Tar(good, PluginCluster.Entry($"{folder}node-1.parquet"), end),
            _ => throw new ArgumentOutOfRangeException(nameof(which)),
        };
    }
}
