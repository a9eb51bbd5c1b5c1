using BenchmarkDotNet.Attributes;
using NetMon.Events;
using NetMon.Pipeline.Batch;
using NetMon.Pipeline.Enrich;

namespace NetMon.Micro.Stages;

/// <summary>Counting by workload, with --workload-metrics: 200 containers of 50 workloads. Without the option nothing of this runs.</summary>
public class Workloads
{
    private const int Count = 1 << 17;
    private const int Different = 50;
    private readonly WorkloadCounters _counters = new();
    private readonly ConnectionEvent[] _events = StandardEvents.Make(Count).Events;

    public Workloads()
    {
        Dictionary<ContainerIdentity, ContainerIdentity> named = new(ReferenceEqualityComparer.Instance);
        foreach (ref var e in _events.AsSpan())
        {
            if (e.Container is { } container)
            {
                if (!named.TryGetValue(container, out var pod))
                {
                    named[container] = pod = container with { PodNamespace = "shop", Workload = $"shop/web-{named.Count % Different}" };
                }

                e.Container = pod;
            }
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Workload_count()
    {
        for (var from = 0; from < Count; from += EventBatch.Capacity)
        {
            _counters.Count(_events.AsSpan(from, EventBatch.Capacity));
        }
    }

    [GlobalCleanup]
    public void Check()
    {
        if (_counters.Known().Count < Different)
        {
            throw new InvalidOperationException("a workload was not counted");
        }
    }
}
