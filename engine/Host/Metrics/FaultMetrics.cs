using NetMon.Foundation;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>Parts of the agent that fail while the rest works.</summary>
internal sealed class FaultMetrics(MetricFactory factory, Faults faults) : IMetricGroup
{
    private readonly Counter _count = factory.CreateCounter("netmon_faults_total", "Failures of a part of the agent.", "part");
    private readonly Gauge _failing = factory.CreateGauge("netmon_part_failing", "1 while a part of the agent is failing, 0 while it works. The other parts continue, and this one is retried.", "part");

    public void Update()
    {
        foreach (var part in faults.All)
        {
            _count.WithLabels(part.Part).IncTo(part.Count);
            _failing.WithLabels(part.Part).Set(part.Why is null ? 0 : 1);
        }
    }
}
