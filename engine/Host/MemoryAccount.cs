using System.Globalization;

namespace NetMon.Host;

/// <summary>What memory the run took: one line for the log at the end.</summary>
internal static class MemoryAccount
{
    private const string Status = "/proc/self/status";

    /// <summary>
    /// Bytes that were allocated on the managed heap since the start, given back or not; how many of the collections went up to each
    /// generation and no further; and how much was resident at the most (VmHWM, proc(5)).
    /// </summary>
    public static string Summary()
    {
        var (all, first, second) = (GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)); // each counts those of higher generations, too
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
