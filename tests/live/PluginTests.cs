using System.Diagnostics;
using System.Text.RegularExpressions;
using NetMon.LiveTests.Support;
using Xunit;
using static NetMon.LiveTests.Support.SampleRow;

namespace NetMon.LiveTests;

/// <summary>kubectl netmon over several nodes: the built programs on local captures, behind a stand-in for kubectl.</summary>
[Trait("suite", "offline")]
public sealed partial class PluginTests : IDisposable
{
    private const string Question = "SELECT process, count(*) AS n FROM events GROUP BY ALL ORDER BY process";
    private readonly PluginCluster _cluster = new();

    [Fact]
    public void Rows_of_answering_nodes_are_printed_and_other_nodes_are_named()
    {
        AddNodes(5);
        _cluster.Let(4, "fails");
        _cluster.Let(5, "hangs");
        var result = _cluster.Run("query", "--node-timeout", "20s", Question);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("node    process  n\n------  -------  -\nnode-1  app-1    1\nnode-1  x,\"y     2\nnode-2  app-2    1\nnode-2  x,\"y     2\nnode-3  app-3    1\nnode-3  x,\"y     2\n", result.Output);
        Assert.Contains("node-4: error: unable to upgrade connection\nnode-4: failed with exit code 1\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("node-5: no answer within 20 s", result.Error, StringComparison.Ordinal);
        Assert.StartsWith("netmon: 3 of 5 nodes answered; not: node-4 node-5; sums", result.Error.Split('\n')[^2], StringComparison.Ordinal);
        AssertNothingIsLeft(5);
    }

    [Fact]
    public void Machine_readable_rows_start_with_the_node_unless_they_name_it_themselves()
    {
        AddNodes(2);
        Assert.Equal("node,process,n\nnode-1,app-1,1\nnode-1,\"x,\"\"y\",2\nnode-2,app-2,1\nnode-2,\"x,\"\"y\",2\n", _cluster.Run("query", "--format", "csv", Question).MustSucceed().Output);
        Assert.Equal("node,t\nnode-1,\"a\nb\"\nnode-2,\"a\nb\"\n", _cluster.Run("query", "--format=csv", "SELECT 'a' || chr(10) || 'b' AS t").MustSucceed().Output);
        Assert.Equal("{\"node\":\"node-1\",\"t\":\"\\\"node\\\":1\"}\n{\"node\":\"node-2\",\"t\":\"\\\"node\\\":1\"}\n", _cluster.Run("query", "--format", "ndjson", "SELECT '\"node\":1' AS t").MustSucceed().Output);
        Assert.Equal("{\"process\":\"app-1\",\"node\":\"node-1\"}\n{\"process\":\"app-2\",\"node\":\"node-2\"}\n", _cluster.Run("query", "--format", "ndjson", "SELECT process, node FROM events WHERE process LIKE 'app%'").MustSucceed().Output);
        Assert.Equal("node\tprocess\nnode-1\tapp-1\nnode-2\tapp-2\n", _cluster.Run("query", "--format", "tsv", "SELECT node, process FROM events WHERE process LIKE 'app%'").MustSucceed().Output);
        Assert.Equal("| node | n |\n| --- | --: |\n| node-1 | 3 |\n| node-2 | 3 |\n", _cluster.Run("query", "--format", "markdown", "SELECT count(*) AS n FROM events").MustSucceed().Output);
    }

    [Fact]
    public void Terminal_control_characters_are_escaped()
    {
        AddNodes(1);
        Assert.Contains("\\u001b[2Jx\\ty", _cluster.Run("query", "-- a comment\nSELECT chr(27) || '[2Jx' || chr(9) || 'y' AS t").MustSucceed().Output, StringComparison.Ordinal);
        _cluster.Let(1, "fails", "\u001b[2Jno\n"u8.ToArray());
        Assert.Contains("node-1: [2Jno\n", _cluster.Run("query", "SELECT 1").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_commands_of_the_document_run()
    {
        var now = DateTime.UtcNow;
        foreach (var number in (int[])[1, 2])
        {
            _cluster.AddPod($"monitoring|pod-{number}|{(number == 1 ? "node-1" : "gpu-2")}|Running||netmon query|true|");
            new SampleCapture(_cluster[$"pod-{number}"]).Hour($"{now:yyyy-MM-dd}", now.Hour, Connect($"{now:HH:mm:ss}", "refused") with { Node = $"node-{number}" });
        }

        var commands = File.ReadLines(Path.Combine(Repository.Root, "docs/kubernetes.md")).Select(line => line.Trim()).Where(line => line.StartsWith("kubectl netmon ", StringComparison.Ordinal) || line.StartsWith("netmon query --capture incident", StringComparison.Ordinal)).ToList();
        Assert.Contains(commands, command => command.Contains("collect", StringComparison.Ordinal));
        Assert.All(commands.Where(command => !command.Contains("observe -f", StringComparison.Ordinal)), command => _cluster.Script($"PATH=$PATH:{Repository.Root}/bin; {command}").MustSucceed());
        Assert.Equal(2, File.ReadAllLines(_cluster["events.ndjson"]).Length);
        Assert.Contains("<html", File.ReadAllText(_cluster["cluster.html"]), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Overviews_are_printed_one_after_the_other()
    {
        AddNodes(2);
        var output = _cluster.Run("query").MustSucceed().Output;
        Assert.StartsWith("== node-1 ==\n\n-- ", output, StringComparison.Ordinal);
        Assert.Contains("\n== node-2 ==\n\n-- ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void SQL_is_read_locally_and_filters_are_passed_on()
    {
        AddNodes(2);
        File.WriteAllText(_cluster["q.sql"], "SELECT count(*) AS n FROM events");
        Assert.Equal("node,n\nnode-1,1\nnode-2,1\n", _cluster.Run("query", "--process", "app-*", "--format", "csv", "-f", _cluster["q.sql"]).MustSucceed().Output);
        Assert.Equal("node,n\nnode-1,2\nnode-2,2\n", _cluster.Script($"echo 'SELECT count(*) AS n FROM events' | $netmon query --process 'x*' -n 'shop' --format csv -").MustSucceed().Output);
    }

    [Fact]
    public void Nodes_are_chosen_by_name_or_glob()
    {
        AddNodes(3);
        Assert.Equal("node,n\nnode-1,3\nnode-3,3\n", _cluster.Run("query", "--on", "node-1,*-3", "--format", "csv", "SELECT count(*) AS n FROM events").MustSucceed().Output);
        AssertFails(2, "--on node-7: no agent runs on such a node; agents run on node-1 node-2 node-3", "query", "--on", "node-7", "SELECT 1");
    }

    [Fact]
    public void A_refusal_by_all_nodes_is_printed_once_as_wrong_usage()
    {
        AddNodes(3);
        var result = _cluster.Run("query", "--since", "yesterday", "SELECT 1");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Single(result.Error.Split('\n'), line => line.Contains("yesterday", StringComparison.Ordinal));
        Assert.DoesNotContain("command terminated", result.Error, StringComparison.Ordinal);
        Assert.Contains("0 of 3 nodes answered", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Contexts_and_namespaces_reach_kubectl()
    {
        AddNodes(1);
        _cluster.Run("query", "--context", "east", "--kubeconfig=/k", "--netmon-namespace", "monitoring", "SELECT 1").MustSucceed();
        Assert.Equal(2, _cluster.Asked.Length);
        Assert.StartsWith("--context=east --kubeconfig=/k get pods --namespace monitoring --selector app.kubernetes.io/name=netmon", _cluster.Asked[0], StringComparison.Ordinal);
        Assert.StartsWith("--context=east --kubeconfig=/k exec --namespace monitoring pod-1 --container query -- /netmon query ", _cluster.Asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_permission_to_list_all_namespaces_the_default_one_is_used()
    {
        AddNodes(1);
        File.WriteAllText(_cluster["forbidden"], "");
        _cluster.Run("query", "SELECT 1").MustSucceed();
        Assert.Contains("get pods --namespace network-monitoring", _cluster.Asked[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "no agent in any namespace")]
    [InlineData("a|pod-1|node-1|Running||netmon|true|", "no pod of the agent in a has the container query")]
    [InlineData("a|pod-1|node-1|Pending||netmon query|false|ImagePullBackOff", "node-1: its container query is not ready (ImagePullBackOff): kubectl --namespace a describe pod pod-1")]
    [InlineData("a|pod-1||Pending||netmon query||", "(pod-1): it is not on a node yet (Pending)")]
    [InlineData("a|pod-1|node-1|Running||netmon query|true|\nb|pod-1|node-1|Running||netmon query|true|", "agents found in the namespaces a b: choose one with --netmon-namespace")]
    [InlineData("a|pod-1|../node|Running||netmon query|true|", "returned an invalid name of a pod or node")]
    public void Obstacles_are_reported_with_advice(string? pods, string why)
    {
        if (pods is not null)
        {
            _cluster.AddPod(pods);
        }

        AssertFails(1, why, "query", "SELECT 1");
    }

    [Fact]
    public void During_a_replacement_the_new_pod_is_asked()
    {
        _cluster.AddPod("monitoring|pod-9|node-1|Running|2026-11-26T00:00:00Z|netmon query|true|");
        AddNodes(1);
        Assert.Equal("node,n\nnode-1,3\n", _cluster.Run("query", "--format", "csv", "SELECT count(*) AS n FROM events").MustSucceed().Output);
    }

    [Fact]
    public void Commands_for_one_node_are_refused_for_several()
    {
        AddNodes(2);
        var screen = _cluster.Script("script -qec \"$netmon top\" /dev/null </dev/null");
        Assert.Contains("the screen of top shows one node: add --on with one of node-1 node-2", screen.Output, StringComparison.Ordinal);
        Assert.Equal(2, screen.ExitCode);
        AssertFails(2, "use --out DIR", "export", "--since", "2h");
        AssertFails(2, "--format parquet of several nodes is not one file", "query", "--format", "parquet", "SELECT 1");
        AssertFails(2, "agents know where their captures are", "query", "--capture", "/x", "SELECT 1");
        AssertFails(2, "unknown command tail", "tail");
        AssertFails(2, "--to DIR is missing", "collect");
    }

    [Fact]
    public void Lines_of_several_nodes_are_followed_until_a_signal()
    {
        _cluster.AddNode(1);
        _cluster.AddNode(2);
        _cluster.AddNode(3);
        _cluster.Let(3, "fails");
        using var first = AgentProcess.Start("--node", "node-1", "--json", "none", "--capture", _cluster["pod-1"], "--source", "synthetic:rate=100");
        using var second = AgentProcess.Start("--node", "node-2", "--json", "none", "--capture", _cluster["pod-2"], "--source", "synthetic:rate=100");
        using var plugin = StartPlugin("observe -f", _cluster["lines"]);
        WaitFor.True(() => File.ReadLines(_cluster["lines"]).Select(line => line.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal).SequenceEqual(["node-1", "node-2"]), "lines of both nodes");
        Shell.Run("kill", "-INT", $"{plugin.Id}").MustSucceed();
        WaitFor.True(() => plugin.HasExited, "its end");
        Assert.Equal(130, plugin.ExitCode);
        Assert.Contains("node-3: failed with exit code 1", plugin.StandardError.ReadToEnd(), StringComparison.Ordinal);
        Assert.Empty(_cluster.Temporary);
    }

    [Fact]
    public void Existing_lines_are_in_time_order()
    {
        _cluster.AddNode(1).Hour("2026-01-01", 9, Connect("09:00:00") with { Node = "node-1" }, Connect("09:00:02") with { Node = "node-1" });
        _cluster.AddNode(2).Hour("2026-01-01", 9, Connect("09:00:01") with { Node = "node-2" });
        Assert.Equal(["node-1", "node-2", "node-1"], _cluster.Run("observe").MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));
        Assert.Equal([0, 1, 2], _cluster.Run("observe", "--output", "json").MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[line.IndexOf("09:00:0", StringComparison.Ordinal) + 7] - '0'));
    }

    [Fact]
    public void A_signal_stops_it_with_all_its_children()
    {
        AddNodes(1);
        _cluster.Let(1, "hangs");
        using var plugin = StartPlugin("query --node-timeout 1h 'SELECT 1'", "/dev/null");
        WaitFor.True(() => File.Exists(_cluster["pod-1.hanging"]) && File.ReadAllText(_cluster["pod-1.hanging"]).EndsWith('\n'), "the node that hangs");
        Shell.Run("kill", "-INT", $"{plugin.Id}").MustSucceed();
        WaitFor.True(() => plugin.HasExited, "its end");
        Assert.Equal(130, plugin.ExitCode);
        AssertNothingIsLeft(1);
    }

    /// <summary>The plugin must know the options without a value, to find the SQL.</summary>
    [Fact]
    public void The_plugin_knows_each_option_without_a_value()
    {
        var help = string.Concat(((string[])["query", "observe", "export", "report", "top"]).Select(command => Shell.Run(Repository.Agent, command, "--help").MustSucceed().Output));
        var flags = Flag().Matches(help).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string> { "--strict", "--failed", "--follow", "--once", "--wide" }, flags);
        flags.ExceptWith(["--help", "--version"]);
        var script = File.ReadAllText(Path.Combine(Repository.Root, "ops/kubectl/kubectl-netmon"));
        Assert.All(flags, flag => Assert.Matches($@"\n\t\t[^\n]*{flag}( \||\)) ?[^\n]*\n", script));
    }

    public void Dispose() => _cluster.Dispose();

    [GeneratedRegex(@"^  (?:-\w, )?(--[a-z-]+)(?:, -\w)?(?:  |$)", RegexOptions.Multiline)]
    private static partial Regex Flag();

    private Process StartPlugin(string arguments, string output)
    {
        var line = $"PATH={_cluster["."]}:$PATH TMPDIR={_cluster["tmp"]} exec {Repository.Root}/ops/kubectl/kubectl-netmon {arguments} >{output}";
        return Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line]) { RedirectStandardError = true })!;
    }

    private void AddNodes(int count)
    {
        for (var node = 1; node <= count; node++)
        {
            var row = Connect("09:00:00") with { Node = $"node-{node}", PodName = "web", Process = "x,\"y" };
            _cluster.AddNode(node).Hour("2026-01-01", 9, row with { Process = $"app-{node}" }, row, row);
        }
    }

    private void AssertFails(int code, string why, params string[] arguments)
    {
        var result = _cluster.Run(arguments);
        Assert.Equal((code, ""), (result.ExitCode, result.Output));
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
    }

    private void AssertNothingIsLeft(int hanging)
    {
        var id = File.ReadAllText(_cluster[$"pod-{hanging}.hanging"]).Trim();
        WaitFor.True(() => !Directory.Exists($"/proc/{id}"), "the end of what hangs");
        Assert.Empty(_cluster.Temporary);
    }
}
