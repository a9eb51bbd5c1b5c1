using System.Globalization;

namespace NetMon.Host;

/// <summary>The memory used by the run, for the line that is logged at the end.</summary>
internal static class MemoryAccount
{
    private const string Status = "/proc/self/status";

    /// <summary>
    /// Returns the bytes allocated on the managed heap since the start, the number of garbage collections by their highest generation, and
    /// the peak resident memory (VmHWM, proc(5)).
    /// </summary>
    public static string Summary()
    {
        var (all, first, second) = (GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)); // each count includes the collections of higher generations
        return string.Create(
            CultureInfo.InvariantCulture,
            $"memory: allocated {GC.GetTotalAllocatedBytes(precise: true)} bytes; collections gen0 {all - first}, gen1 {first - second}, gen2 {second}; {Resident()}");
    }

    private static string Resident()
    {
        try
        {
            var peak = File.ReadLines(Status).First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return $"peak resident {peak["VmHWM:".Length..^" kB".Length].Trim()} KiB";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return $"peak resident: unknown, {Status} does not have it";
        }
    }
}
