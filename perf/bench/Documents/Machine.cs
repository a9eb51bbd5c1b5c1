using System.Globalization;

namespace NetMon.Bench.Documents;

/// <summary>The machine that the bench runs on, as docs/figures.json names it.</summary>
internal static class Machine
{
    /// <summary>Like "2 CPUs, AMD EPYC".</summary>
    public static string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} CPUs, {Processor()}");

    /// <summary>The whole kernel release, like "6.1.0-50-cloud-amd64".</summary>
    public static string KernelRelease { get; } = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    /// <summary>The kernel's version without the distribution's suffix, like "6.1.0".</summary>
    public static string KernelVersion { get; } = KernelRelease.Split('-', '+')[0];

    /// <summary>The processor's model; arm64 kernels do not name it, so there it is the architecture.</summary>
    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? System.Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString();
}
