using BenchmarkDotNet.Attributes;
using NetMon.Pipeline.Batch;

namespace NetMon.Micro.Stages;

/// <summary>Looks up the known container of an event's cgroup.</summary>
public class Enriching
{
    private const int Count = 1 << 17;
    private readonly StandardEvents _events = StandardEvents.Make(Count);

    [Benchmark(OperationsPerInvoke = Count)]
    public void Enrichment_hit()
    {
        for (var from = 0; from < Count; from += EventBatch.Capacity)
        {
            _events.Directory.Name(_events.Events.AsSpan(from, EventBatch.Capacity));
        }

        if (_events.Directory.Counters.Unknown != 0)
        {
            throw new InvalidOperationException("a cgroup was not known");
        }
    }
}
