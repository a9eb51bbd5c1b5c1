using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>All metrics of the agent in Prometheus' text format. The number of series is bounded: those whose labels take their values from traffic are a few at a time.</summary>
internal sealed class AgentMetrics
{
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly IReadOnlyList<IMetricGroup> _groups;

    /// <param name="groups">Makes the groups, which register what they have with the factory.</param>
    public AgentMetrics(Func<MetricFactory, IReadOnlyList<IMetricGroup>> groups) =>
        _groups = groups(Prometheus.Metrics.WithCustomRegistry(_registry));

    /// <summary>As of now. One caller at a time.</summary>
    public async Task<byte[]> RenderAsync()
    {
        foreach (var group in _groups)
        {
            group.Update();
        }

        using var text = new MemoryStream(32 * 1024);
        await _registry.CollectAndExportAsTextAsync(text).ConfigureAwait(false);
        return text.ToArray();
    }
}
