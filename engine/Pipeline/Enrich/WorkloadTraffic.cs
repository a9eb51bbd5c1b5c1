using NetMon.Events;

namespace NetMon.Pipeline.Enrich;

/// <summary>By what workloads are ranked: bytes in both directions, connections and failed attempts.</summary>
/// <param name="Bytes">Sent and received.</param>
/// <param name="Connections">Opened and accepted, failed attempts included.</param>
/// <param name="Failures">Attempts that failed.</param>
public readonly record struct WorkloadTraffic(double Bytes, double Connections, double Failures)
{
    /// <summary>All that a workload has moved so far. Any thread.</summary>
    public static WorkloadTraffic Of(WorkloadCounts counts)
    {
        var failures = 0L;
        for (var counter = WorkloadCounts.Connects(ConnectResult.Established) + 1; counter < WorkloadCounts.Accepts; counter++)
        {
            failures += counts[counter];
        }

        var bytes = 0L;
        for (var counter = WorkloadCounts.Accepts + 1; counter < WorkloadCounts.Counters; counter++)
        {
            bytes += counts[counter];
        }

        return new WorkloadTraffic(bytes, counts[WorkloadCounts.Connects(ConnectResult.Established)] + counts[WorkloadCounts.Accepts] + failures, failures);
    }

    /// <summary>The shares in the bytes, the connections and the failures of all, added up: 0 to 3. So a workload ranks high for any of them.</summary>
    public double ShareOf(WorkloadTraffic all) => Share(Bytes, all.Bytes) + Share(Connections, all.Connections) + Share(Failures, all.Failures);

    public WorkloadTraffic Plus(WorkloadTraffic other) => new(Bytes + other.Bytes, Connections + other.Connections, Failures + other.Failures);

    public WorkloadTraffic Minus(WorkloadTraffic other) => new(Bytes - other.Bytes, Connections - other.Connections, Failures - other.Failures);

    public WorkloadTraffic Times(double factor) => new(Bytes * factor, Connections * factor, Failures * factor);

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;
}
