using System.Globalization;
using System.Text.Json;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The agent on other kernels, in QEMU (tests/kernels): what this machine's own kernel doesn't allow is tried there.</summary>
[Trait("suite", "kernels")]
public sealed class KernelTests(Guests guests, ITestOutputHelper output) : IClassFixture<Guests>
{
    private const int CannotRunHere = 77;

    public static TheoryData<string> Versions => [.. Guests.Versions];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task On_another_kernel_owners_are_exact_system_calls_cost_nothing_and_containers_are_told_apart_in_v2_and_v1(string version)
    {
        var results = await ResultsOf(version);

        foreach (var owner in Guests.OwnersOf(version))
        {
            var log = File.ReadAllText(Path.Combine(results, $"{owner}.log"));
            Assert.Contains($"accept owner {owner}", log, StringComparison.Ordinal);
            var comparison = Comparison.Of(TruthLog.Read(Path.Combine(results, $"{owner}.tsv")), SeenEvent.Read(Path.Combine(results, $"{owner}.json")));
            output.WriteLine($"{version} {owner}: {comparison.ToString().Split('\n')[0]}");
            comparison.AssertExact();
            Assert.Equal(4000 + 3600 + 7200, comparison.Seen);
        }

        var (without, with, taxed) = (Cost(results, "without"), Cost(results, "with"), Cost(results, "taxed"));
        var figures = string.Create(CultureInfo.InvariantCulture, $"{version}: getppid without {without:0} ns, with {with:0} ns (ratio {with / without:0.00}), with syscall hooks {taxed:0} ns");
        output.WriteLine(figures);
        Assert.DoesNotContain("accept owner syscall", File.ReadAllText(Path.Combine(results, "cost.log")), StringComparison.Ordinal);
        AssertContainers(results, "containers-v2", "containers by cgroup v2");
        AssertContainers(results, "containers-v1", "containers by cgroup v1 (pids)");

        // Emulation is noisy, so what a syscall hook costs in the same run is the measure.
        Assert.True(with - without < (taxed - without) * 2 / 3, figures);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task On_another_kernel_multipath_tcp_has_exact_owners(string version)
    {
        var results = await ResultsOf(version);
        var runs = Guests.OwnersOf(version).SelectMany(owner => (string[])[$"mptcp-{owner}-server", $"mptcp-{owner}-both", $"mptcp-{owner}-older"])
            .Where(run => File.Exists(Path.Combine(results, $"{run}.tsv"))).ToList();
        Assert.SkipWhen(runs.Count == 0, $"kernel {version} has no MPTCP");
        Assert.All(runs, run =>
        {
            var events = SeenEvent.Read(Path.Combine(results, $"{run}.json")).ToList();
            var comparison = Comparison.Of(TruthLog.Read(Path.Combine(results, $"{run}.tsv")), events, orderlyAlike: !run.EndsWith("-server", StringComparison.Ordinal));
            comparison.AssertExact();
            Assert.Equal(comparison.Seen, events.Count);
        });
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task On_another_kernel_a_denial_by_another_program_has_its_errno(string version)
    {
        var results = await ResultsOf(version);
        var logs = Directory.GetFiles(results, "denied-*.tsv");
        Assert.NotEmpty(logs);
        Assert.All(logs, log =>
        {
            var truth = TruthLog.Read(log);
            Assert.Equal(
                Counted.By(truth, end => $"CONNECT pid {end.Pid} {end.DestinationPort} errno {end.Errno}"),
                Counted.By(SeenEvent.Read(Path.ChangeExtension(log, "json")), e => $"{e.Type} pid {e.Pid} {e.DestinationPort} errno {e.Errno}"));
        });
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task On_another_kernel_an_agent_whose_memory_is_full_costs_nobody_a_connection(string version)
    {
        var results = await ResultsOf(version);
        var memory = long.Parse(File.ReadAllText(Path.Combine(results, "full-memory.txt")), CultureInfo.InvariantCulture);
        Assert.True(memory > 90 * 1024 * 1024, $"the cgroup is not full: {memory} bytes of 96 MiB");
        long Grew(string counter) => Netstat(Path.Combine(results, "full-after.txt"), counter) - Netstat(Path.Combine(results, "full-before.txt"), counter);
        output.WriteLine($"{version}: with the agent's memory full, 5,000 connections of others: ListenDrops {Grew("ListenDrops")}, TCPTimeouts {Grew("TCPTimeouts")}");
        Assert.Equal(0, Grew("ListenDrops"));
        Comparison.Of(TruthLog.Read(Path.Combine(results, "full.tsv")), SeenEvent.Read(Path.Combine(results, "full.json"))).AssertExact();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task On_another_kernel_a_connection_that_lasts_for_hours_is_in_the_file_of_each(string version)
    {
        var results = await ResultsOf(version);
        var capture = Path.Combine(results, "hours");
        var rows = Shell.Run(Repository.Agent, "query", "--capture", capture, "--format", "csv",
            "SELECT hour(timestamp) AS hour, direction, count(*) FILTER (type = 'FLOW') AS flows, count(DISTINCT connection_id) AS connections FROM events WHERE process = 'long' AND type = 'FLOW' GROUP BY ALL ORDER BY ALL").MustSucceed();
        Assert.Equal(
            ["hour,direction,flows,connections", "9,inbound,1,1", "9,outbound,1,1", "10,inbound,1,1", "10,outbound,1,1", "11,inbound", "11,outbound"],
            rows.Output.Trim().Split('\n').Select(line => line.StartsWith("11,", StringComparison.Ordinal) ? string.Join(',', line.Split(',').Take(2)) : line)); // the last hour has the stop's too
        foreach (var hour in (string[])["09", "10", "11"])
        {
            Assert.NotEmpty(Directory.GetFiles(Path.Combine(capture, "events", "date=2026-01-01", $"hour={hour}"), "*.parquet"));
        }
    }

    /// <summary>The folder with what a guest of this kernel brought back; it must have run to its end.</summary>
    private async Task<string> ResultsOf(string version)
    {
        var (boot, results) = await guests.ResultsOf(version);
        Assert.SkipWhen(boot.ExitCode == CannotRunHere, boot.Output.Trim());
        Assert.True(boot.ExitCode == 0, boot.Output + boot.Error);
        return results;
    }

    /// <summary>A counter of /proc/net/netstat: lines come in pairs, names and numbers.</summary>
    private static long Netstat(string file, string counter)
    {
        var lines = File.ReadAllLines(file);
        for (var line = 0; line < lines.Length - 1; line += 2)
        {
            if (Array.IndexOf(lines[line].Split(' '), counter) is var column and >= 0)
            {
                return long.Parse(lines[line + 1].Split(' ')[column], CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidDataException($"{file} has no {counter}");
    }

    /// <summary>One older than the agent, one made while it ran, and the host.</summary>
    private static void AssertContainers(string results, string name, string described)
    {
        var log = File.ReadAllText(Path.Combine(results, $"{name}.log"));
        Assert.Contains(described, log, StringComparison.Ordinal);
        Assert.DoesNotContain("found by reading its tree", log, StringComparison.Ordinal);
        var containers = File.ReadLines(Path.Combine(results, $"{name}.json")).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => line.TryGetProperty("container", out var container)
                ? $"{container.GetProperty("container_id")} {container.GetProperty("pod_uid")}"
                : "host");
        Assert.Equal(
            ["aaaaaaaaaaaa 6f1e1c52-0c2b-4a58-9f0e-1f6f3d7a9b01", "bbbbbbbbbbbb 6f1e1c52-0c2b-4a58-9f0e-1f6f3d7a9b01", "host"],
            containers);
    }

    /// <summary>The best of several turns: what disturbs only ever adds.</summary>
    private static double Cost(string results, string when) =>
        File.ReadLines(Path.Combine(results, $"getppid-{when}.txt")).Min(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
}
