using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>All metrics of the agent in the Prometheus text format. The number of series is bounded: labels with values from traffic have only a few values at a time.</summary>
internal sealed class AgentMetrics
{
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly IReadOnlyList<IMetricGroup> _groups;

    /// <param name="groups">Creates the groups, which register their metrics with the factory.</param>
    public AgentMetrics(Func<MetricFactory, IReadOnlyList<IMetricGroup>> groups) =>
        _groups = groups(Prometheus.Metrics.WithCustomRegistry(_registry));

    /// <summary>Renders the current values. Not thread-safe.</summary>
    public async Task<byte[]> RenderAsync()
    {
        foreach (var group in _groups)
        {
            group.Update();
        }

        using var text = new MemoryStream(32 * 1024);
        await _registry.CollectAndExportAsTextAsync(text).ConfigureAwait(false);
        return FormerMetrics.Append(text.GetBuffer().AsSpan(0, (int)text.Length));
    }
}
