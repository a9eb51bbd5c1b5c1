using System.Globalization;
using System.Text.Json;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The agent on other kernels, in QEMU (tests/kernels): what this machine's own kernel doesn't allow is tried there.</summary>
[Trait("suite", "kernels")]
public sealed class KernelTests(ITestOutputHelper output) : IDisposable
{
    private const int CannotRunHere = 77;

    private readonly Scratch _scratch = new();

    /// <summary>NETMON_TEST_KERNELS names others: 6.12, 7.2.</summary>
    public static TheoryData<string> Versions =>
        [.. (Environment.GetEnvironmentVariable("NETMON_TEST_KERNELS") ?? "5.10 6.1").Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void On_another_kernel_owners_are_exact_system_calls_cost_nothing_and_containers_are_told_apart_in_v2_and_v1(string version)
    {
        var payload = Directory.CreateDirectory(_scratch["payload"]).FullName;
        File.Copy(Repository.Agent, Path.Combine(payload, "netmon"));
        File.Copy(Repository.Load, Path.Combine(payload, "netload"));
        File.Copy(Path.Combine(Repository.Root, "tests/kernels/payload.sh"), Path.Combine(payload, "run.sh"));
        var results = _scratch["results"];
        var boot = Shell.Run(Path.Combine(Repository.Root, "tests/kernels/boot.sh"), version, payload, results, "240");
        Assert.SkipWhen(boot.ExitCode == CannotRunHere, boot.Output.Trim());
        Assert.True(boot.ExitCode == 0, boot.Output + boot.Error);

        foreach (var owner in (string[])["fexit", "kretprobe"])
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

    public void Dispose() => _scratch.Dispose();

    /// <summary>The best of several turns: what disturbs only ever adds.</summary>
    private static double Cost(string results, string when) =>
        File.ReadLines(Path.Combine(results, $"getppid-{when}.txt")).Min(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
}
