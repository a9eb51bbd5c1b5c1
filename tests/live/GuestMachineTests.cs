using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>Machines unlike this one, in QEMU: many CPUs, some of which go offline and online, and a clock that may be set.</summary>
[Trait("suite", "kernels")]
public sealed class GuestMachineTests(ITestOutputHelper output) : IDisposable
{
    private const string Kernel = "6.12";
    private const int CannotRunHere = 77;
    private readonly Scratch _scratch = new();

    /// <summary>NETMON_GUEST_CPUS: number of CPUs; 64 exceed the number of rings.</summary>
    private static readonly string? Cpus = Environment.GetEnvironmentVariable("NETMON_GUEST_CPUS");

    [Fact]
    public void Connections_are_exact_if_CPUs_share_rings_or_go_offline_and_the_clock_is_set()
    {
        Assert.SkipWhen(Cpus is null, "NETMON_GUEST_CPUS does not say how many CPUs: a guest with 64 takes minutes under emulation");
        var payload = Directory.CreateDirectory(_scratch["payload"]).FullName;
        File.Copy(Repository.Agent, Path.Combine(payload, "netmon"));
        File.Copy(Repository.Load, Path.Combine(payload, "netload"));
        File.Copy(Path.Combine(Repository.Root, "tests/kernels/machine.sh"), Path.Combine(payload, "run.sh"));
        var results = _scratch["results"];
        var boot = Shell.Run("env", $"GUEST_CPUS={Cpus}", Path.Combine(Repository.Root, "tests/kernels/boot.sh"), Kernel, payload, results, "1500");
        Assert.SkipWhen(boot.ExitCode == CannotRunHere, boot.Output.Trim());
        Assert.True(boot.ExitCode == 0, boot.Output + boot.Error);

        Assert.Equal(Cpus, File.ReadAllText(Path.Combine(results, "cpus")).Trim());
        Assert.NotEqual("0", File.ReadAllText(Path.Combine(results, "unplugged")).Trim());
        foreach (var run in (string[])["many", "plugged", "stepped"])
        {
            var log = File.ReadAllText(Path.Combine(results, $"{run}.log"));
            output.WriteLine($"{run}: {log.Split('\n').Single(line => line.Contains(" agent: stopped: ", StringComparison.Ordinal))}");
            var comparison = Comparison.Of(TruthLog.Read(Path.Combine(results, $"{run}.tsv")), SeenEvent.Read(Path.Combine(results, $"{run}.json")));
            comparison.AssertExact();
            Assert.Contains("nothing lost", log, StringComparison.Ordinal);
        }

        var rings = int.Parse(Cpus!, CultureInfo.InvariantCulture) > 32 ? "32 rings of 256 KiB" : $"{Cpus} rings";
        Assert.Contains(rings, File.ReadAllText(Path.Combine(results, "many.log")), StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();
}
