using System.Globalization;
using NetMon.Enrichment;
using NetMon.Enrichment.Runtimes;
using NetMon.Pipeline.Enrich;
using NetMon.Sources;

namespace NetMon.Host;

/// <summary>Statistics of container naming, for the line that is logged at the end.</summary>
internal static class NamingAccount
{
    public static string Summary(SourceCounters source, DirectoryCounters directory, NamingCounters naming, IReadOnlyList<RuntimeStatus> runtimes)
    {
        var share = naming.InContainers == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({100.0 * naming.Named / naming.InContainers:0.00} %)");
        var stay = directory.ShortestStay is { } milliseconds ? $" (earliest {milliseconds / 1000} s after its end)" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{directory.Containers} known, {directory.Named} named; events in containers {naming.InContainers}, with names {naming.Named}{share};"
            + $" wait for a name p50 {naming.WaitMicroseconds(0.5)} us, p99 {naming.WaitMicroseconds(0.99)} us;"
            + $" batches delayed {naming.BatchesDelayed}, timed out {naming.BatchesTimedOut}, evicted {naming.BatchesEvicted};"
            + $" cgroups {directory.Cgroups}, dropped {source.CgroupsDropped}, unknown {directory.Unknown}, evicted {directory.Evicted}{stay}, rescans {directory.Rescans};"
            + $" lookups {directory.Asked}, runtime calls {runtimes.Sum(runtime => runtime.Calls)}, failures {runtimes.Sum(runtime => runtime.Failures)}, containers skipped {runtimes.Sum(runtime => runtime.LeftOut)}");
    }
}
