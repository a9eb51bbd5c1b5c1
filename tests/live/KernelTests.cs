using System.Globalization;
using System.Text.Json;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The agent on other kernels, in QEMU (tests/kernels): what this machine's own kernel does not support runs there.</summary>
[Trait("suite", "kernels")]
public sealed class KernelTests(Guests guests, ITestOutputHelper output) : IClassFixture<Guests>
{
    private const int CannotRunHere = 77;
    private const string ContainerProcess = "nc";

    public static TheoryData<string> Versions => [.. Guests.Versions];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Every_method_to_find_the_owner_is_exact_on_another_kernel(string version)
    {
        var results = await ResultsOf(version);
        output.WriteLine(File.ReadAllText(Path.Combine(results, "sections.txt")));
        foreach (var owner in Guests.OwnersOf(version))
        {
            Assert.Contains($"accept owner {owner}", File.ReadAllText(Path.Combine(results, $"{owner}.log")), StringComparison.Ordinal);
            var comparison = Compare(results, owner, owner);
            output.WriteLine($"{version} {owner}: {comparison.ToString().Split('\n')[0]}");
            comparison.AssertExact();
            Assert.Equal(owner == Guests.OwnersOf(version)[0] ? 4000 + 3600 + 7200 : 1000 + 900 + 1800, comparison.Seen);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Containers_are_distinguished_in_v2_and_v1_on_another_kernel(string version)
    {
        var results = await ResultsOf(version);
        AssertContainers(results, Guests.OwnersOf(version)[0], "containers by cgroup v2");
        AssertContainers(results, "containers-v1", "containers by cgroup v1 (pids)");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task System_calls_cost_the_same_with_the_agent_on_another_kernel(string version)
    {
        var results = await ResultsOf(version);
        var (without, with, taxed) = (Cost(results, "without"), Cost(results, "with"), Cost(results, "taxed"));
        var figures = string.Create(CultureInfo.InvariantCulture, $"{version}: getppid in units of a loop of arithmetic: without {without:0.000}, with {with:0.000} (ratio {with / without:0.00}), with syscall hooks {taxed:0.000}");
        output.WriteLine(figures);

        // Emulation is noisy, so what a syscall hook costs in the same run is the measure.
        Assert.True(with - without < (taxed - without) * 2 / 3, figures);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Multipath_TCP_has_exact_owners_on_another_kernel(string version)
    {
        var results = await ResultsOf(version);
        var runs = Guests.OwnersOf(version).SelectMany(owner => (string[])["server", "both", "older"], (owner, run) => (Owner: owner, Log: $"{owner}-mptcp-{run}"))
            .Where(run => File.Exists(Path.Combine(results, $"{run.Log}.tsv"))).ToList();
        Assert.SkipWhen(runs.Count == 0, $"kernel {version} has no MPTCP");
        Assert.All(runs, run => Compare(results, run.Owner, run.Log, orderlyAlike: !run.Log.EndsWith("-server", StringComparison.Ordinal)).AssertExact());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_denial_by_another_program_has_its_errno_on_another_kernel(string version)
    {
        var results = await ResultsOf(version);
        var runs = Guests.OwnersOf(version).SelectMany(owner => Directory.GetFiles(results, $"{owner}-denied-*.tsv"), (owner, log) => (Owner: owner, Log: log)).ToList();
        Assert.NotEmpty(runs);
        Assert.All(runs, run =>
        {
            var truth = TruthLog.Read(run.Log);
            var pid = Assert.Single(truth.Select(end => end.Pid).Distinct());
            var isKnown = run.Owner != "receive" || !version.StartsWith("5.10", StringComparison.Ordinal); // verdicts of other programs are reported from 6.1 on
            Assert.Equal(
                Counted.By(truth, end => $"CONNECT {end.DestinationPort} errno {(isKnown ? end.Errno : 0)}"),
                Counted.By(SeenEvent.Read(Path.Combine(results, $"{run.Owner}.json")).Where(e => e.Pid == pid), e => $"{e.Type} {e.DestinationPort} errno {e.Errno}"));
        });
    }

    /// <summary>By fexit from 5.12 on, by the others from 6.16 on; Debian's 6.12 has a backport.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_dialed_address_is_known_despite_a_rewriting_program_on_another_kernel(string version)
    {
        var results = await ResultsOf(version);
        Assert.All(Guests.OwnersOf(version), owner =>
        {
            var events = SeenEvent.Read(Path.Combine(results, $"{owner}.json")).Where(e => e.Process == "balanced").ToList();
            Assert.Equal(20, events.Count);
            Assert.All(events, e => Assert.Equal(("CONNECT", "127.0.0.1", 4446, "refused"), (e.Type, e.DestinationAddress, e.DestinationPort, e.Result)));
            var isKnown = version is "6.12" or "7.2" || (owner == "fexit" && !version.StartsWith("5.10", StringComparison.Ordinal));
            Assert.All(events, e => Assert.Equal(isKnown ? ("203.0.113.9", 4445L) : ((string?)null, 0L), (e.DialedAddress, e.DialedPort)));
        });
    }

    /// <summary>Would contain everything except the load's connections: subflows of MPTCP, and sockets of others.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Only_the_load_has_events_on_another_kernel(string version)
    {
        var results = await ResultsOf(version);
        Assert.All(Guests.OwnersOf(version), owner =>
        {
            var pids = Directory.GetFiles(results, $"{owner}*.tsv").SelectMany(log => TruthLog.Read(log).Select(end => end.Pid)).ToHashSet();
            Assert.DoesNotContain(SeenEvent.Read(Path.Combine(results, $"{owner}.json")), e => e.Process != ContainerProcess && !pids.Contains(e.Pid));
        });
    }

    /// <summary>NETMON_GUEST_STORMS sets their number.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Storms_are_exact_on_another_kernel(string version)
    {
        Assert.SkipWhen(Guests.Storms == 0, "NETMON_GUEST_STORMS says that there are none: a minute each");
        var results = await ResultsOf(version);
        for (var storm = 1; storm <= Guests.Storms; storm++)
        {
            var comparison = Compare(results, $"storm-{storm}", $"storm-{storm}");
            var reset = comparison.AllowResets(NetworkNamespace.ResetsSentIn(File.ReadAllText(Path.Combine(results, $"storm-{storm}.snmp"))));
            output.WriteLine($"{version} storm {storm}: {comparison.ToString().Split('\n')[0]}; {reset} reset by the kernel itself");
            comparison.AssertExact();
        }
    }

    /// <summary>On 6.12 and 7.2 reading tracefs here crashes the guest's kernel, so the guest would not finish.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task In_lockdown_doctor_does_not_use_tracefs_and_connections_are_exact_on_another_kernel(string version)
    {
        var results = await ResultsOf(version);
        Assert.Contains("[confidentiality]", File.ReadAllText(Path.Combine(results, "lockdown.txt")), StringComparison.Ordinal);
        Assert.DoesNotContain("use of tracefs", File.ReadAllText(Path.Combine(results, "dmesg.log")), StringComparison.Ordinal);
        if (version.StartsWith("5.10", StringComparison.Ordinal))
        {
            Assert.Contains("✗ verdict", File.ReadAllText(Path.Combine(results, "lockdown-doctor.txt")), StringComparison.Ordinal);
            return;
        }

        Compare(results, "lockdown", "lockdown").AssertExact();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_agent_at_its_memory_limit_breaks_no_connection_on_another_kernel(string version)
    {
        var results = await ResultsOf(version);
        var memory = long.Parse(File.ReadAllText(Path.Combine(results, "full-memory.txt")), CultureInfo.InvariantCulture);
        Assert.True(memory > 90 * 1024 * 1024, $"the cgroup is not full: {memory} bytes of 96 MiB");
        long Grew(string counter) => Netstat(Path.Combine(results, "full-after.txt"), counter) - Netstat(Path.Combine(results, "full-before.txt"), counter);
        output.WriteLine($"{version}: with the agent's memory full, 5,000 connections of others: ListenDrops {Grew("ListenDrops")}, TCPTimeouts {Grew("TCPTimeouts")}");
        Assert.Equal(0, Grew("ListenDrops"));
        Compare(results, "full", "full").AssertExact();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_connection_over_several_hours_is_in_the_file_of_each_on_another_kernel(string version)
    {
        var results = await ResultsOf(version);
        var capture = Path.Combine(results, "hours");
        var rows = Shell.Run(Repository.Agent, "query", "--capture", capture, "--format", "csv",
            "SELECT hour(timestamp) AS hour, direction, count(*) FILTER (type = 'FLOW') AS flows, count(DISTINCT connection_id) AS connections FROM events WHERE process = 'long' AND type = 'FLOW' AND hour(timestamp) > 8 GROUP BY ALL ORDER BY ALL").MustSucceed();
        Assert.Equal(
            ["hour,direction,flows,connections", "9,inbound,1,1", "9,outbound,1,1", "10,inbound,1,1", "10,outbound,1,1", "11,inbound", "11,outbound"],
            rows.Output.Trim().Split('\n').Select(line => line.StartsWith("11,", StringComparison.Ordinal) ? string.Join(',', line.Split(',').Take(2)) : line)); // the last hour has the stop's too
        foreach (var hour in (string[])["09", "10", "11"])
        {
            Assert.NotEmpty(Directory.GetFiles(Path.Combine(capture, "events", "date=2026-01-01", $"hour={hour}"), "*.parquet"));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_verifier_stays_within_the_budget_on_another_kernel(string version)
    {
        var doctor = File.ReadAllText(Path.Combine(await ResultsOf(version), "doctor.txt"));
        output.WriteLine($"{version}: {VerifiedPrograms.AssertWithinBudget(doctor)}");
    }

    /// <summary>The results folder of a guest with this kernel; the guest must have completed.</summary>
    private async Task<string> ResultsOf(string version)
    {
        var (boot, results) = await guests.ResultsOf(version);
        Assert.SkipWhen(boot.ExitCode == CannotRunHere, boot.Output.Trim());
        Assert.True(boot.ExitCode == 0, boot.Output + boot.Error);
        return results;
    }

    /// <summary>The load in this log compared with the events that this agent reported.</summary>
    private static Comparison Compare(string results, string agent, string log, bool orderlyAlike = false) =>
        Comparison.Of(TruthLog.Read(Path.Combine(results, $"{log}.tsv")), SeenEvent.Read(Path.Combine(results, $"{agent}.json")), orderlyAlike: orderlyAlike);

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

    /// <summary>One container older than the agent, one made while it ran, and the host.</summary>
    private static void AssertContainers(string results, string name, string described)
    {
        var log = File.ReadAllText(Path.Combine(results, $"{name}.log"));
        Assert.Contains(described, log, StringComparison.Ordinal);
        Assert.DoesNotContain("found by reading the cgroup tree", log, StringComparison.Ordinal);
        var containers = File.ReadLines(Path.Combine(results, $"{name}.json")).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("process").GetString() == ContainerProcess)
            .Select(line => line.TryGetProperty("container", out var container)
                ? $"{container.GetProperty("container_id")} {container.GetProperty("pod_uid")}"
                : "host");
        Assert.Equal(
            ["aaaaaaaaaaaa 6f1e1c52-0c2b-4a58-9f0e-1f6f3d7a9b01", "bbbbbbbbbbbb 6f1e1c52-0c2b-4a58-9f0e-1f6f3d7a9b01", "host"],
            containers);
    }

    /// <summary>The lowest turn of several, in units of the loop of arithmetic that <c>netload getppid</c> runs beside the calls.</summary>
    private static double Cost(string results, string when) =>
        File.ReadLines(Path.Combine(results, $"getppid-{when}.txt")).Min(line => double.Parse(line.Split(' ')[3], CultureInfo.InvariantCulture));
}
