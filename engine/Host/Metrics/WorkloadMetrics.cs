using NetMon.Events;
using NetMon.Pipeline.Enrich;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>
/// Connections and bytes by workload: series for those with the most traffic, and one set for all others. An event is counted once, in
/// the series that its workload had then, so no series ever falls. Workloads that get series begin where they left, at 0 the first time:
/// what they did until then stays with the others.
/// </summary>
internal sealed class WorkloadMetrics : IMetricGroup
{
    /// <summary>Workloads that can have series of their own.</summary>
    public const int MostShown = 500;

    /// <summary>Traffic counts half as much for the rank when it is this old.</summary>
    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(10);

    /// <summary>A workload with series keeps them until the share of another is this many times as large, so that the series do not alternate.</summary>
    private const double Advantage = 1.25;

    private readonly WorkloadCounters _counters;
    private readonly int _most;
    private readonly TimeProvider _time;
    private readonly Counter _connections;
    private readonly Counter _sent;
    private readonly Counter _received;
    private readonly WorkloadSeries _others;
    private readonly long[] _countedInAll = new long[WorkloadCounts.Counters];
    private readonly long[] _left = new long[WorkloadCounts.Counters];
    private Dictionary<string, WorkloadSeries> _known = new(StringComparer.Ordinal);
    private long? _updatedAt;

    /// <param name="factory">Where the metrics are registered.</param>
    /// <param name="counters">Of all workloads.</param>
    /// <param name="most">Workloads with series of their own, 1 to <see cref="MostShown"/>.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public WorkloadMetrics(MetricFactory factory, WorkloadCounters counters, int most, TimeProvider? time = null)
    {
        (_counters, _most, _time) = (counters, most, time ?? TimeProvider.System);
        _connections = factory.CreateCounter(
            "netmon_workload_connections_total",
            "Connections that the workload opened (outbound, by result) or accepted (inbound). workload=other: all workloads without their own series.",
            "workload", "pod_namespace", "direction", "result");
        _sent = factory.CreateCounter(
            "netmon_workload_sent_bytes_total", "Bytes that the workload sent, by the direction in which the connection was opened. Counted while connections are open.", "workload", "pod_namespace", "direction");
        _received = factory.CreateCounter(
            "netmon_workload_received_bytes_total", "Bytes that the workload received, by the direction in which the connection was opened. Counted while connections are open.", "workload", "pod_namespace", "direction");
        _others = SeriesOf(WorkloadCounters.Other, "");
    }

    public void Update()
    {
        for (var counter = 0; counter < WorkloadCounts.Counters; counter++)
        {
            var all = _counters.All[counter]; // before the workloads: what they are ahead of it counts the next time
            _left[counter] = all - _countedInAll[counter];
            _countedInAll[counter] = all;
        }

        Rank(_counters.Known());
        var isFirst = _updatedAt is null;
        _updatedAt = _time.GetTimestamp();
        var top = Top();
        foreach (var series in _known.Values)
        {
            if (!top.Contains(series))
            {
                series.Hide();
                series.Leave();
            }
            else if (series.IsShown || isFirst)
            {
                series.Take(_left);
            }
            else
            {
                series.Leave();
            }
        }

        foreach (var series in top)
        {
            series.Show();
        }

        _others.Add(_left);
        _others.Show();
    }

    /// <summary>Brings the ranks up to date, and forgets workloads that have lost their place in the table.</summary>
    private void Rank(IReadOnlyList<WorkloadCounts> workloads)
    {
        var decay = _updatedAt is { } last ? Math.Pow(0.5, _time.GetElapsedTime(last) / HalfLife) : 1;
        var known = new Dictionary<string, WorkloadSeries>(workloads.Count, StringComparer.Ordinal);
        foreach (var counts in workloads)
        {
            if (!_known.Remove(counts.Name, out var series))
            {
                series = SeriesOf(counts.Name, counts.PodNamespace);
            }

            // A place that was given away and got back while the table was read shows twice.
            if (known.TryAdd(counts.Name, series))
            {
                series.Rank(counts, decay);
            }
        }

        foreach (var gone in _known.Values)
        {
            gone.Hide();
        }

        _known = known;
    }

    private HashSet<WorkloadSeries> Top()
    {
        var all = _known.Values.Aggregate(default(WorkloadTraffic), (sum, series) => sum.Plus(series.Recent));
        return
        [
            .. _known.Values
                .Select(series => (Series: series, Share: series.Recent.ShareOf(all) * (series.IsShown ? Advantage : 1)))
                .Where(ranked => ranked.Share > 0)
                .OrderByDescending(ranked => ranked.Share).ThenBy(ranked => ranked.Series.Counts!.Name, StringComparer.Ordinal)
                .Take(_most).Select(ranked => ranked.Series),
        ];
    }

    private WorkloadSeries SeriesOf(string workload, string podNamespace)
    {
        var labels = Labels(workload, podNamespace);
        return new WorkloadSeries(
            () => Array.ConvertAll(labels, of => of.Counter.WithLabels(of.Values)),
            () => Array.ForEach(labels, of => of.Counter.RemoveLabelled(of.Values)));
    }

    /// <summary>The labels of each counter of a workload, in the order of the counters.</summary>
    private (Counter Counter, string[] Values)[] Labels(string workload, string podNamespace)
    {
        var labels = new (Counter, string[])[WorkloadCounts.Counters];
        var (outbound, inbound) = (Vocabulary.Text(Direction.Outbound), Vocabulary.Text(Direction.Inbound));
        foreach (var result in Enum.GetValues<ConnectResult>())
        {
            labels[WorkloadCounts.Connects(result)] = (_connections, [workload, podNamespace, outbound, Vocabulary.Text(result)]);
        }

        labels[WorkloadCounts.Accepts] = (_connections, [workload, podNamespace, inbound, Vocabulary.Text(ConnectResult.Established)]);
        foreach (var direction in (Direction[])[Direction.Outbound, Direction.Inbound])
        {
            labels[WorkloadCounts.Sent(direction)] = (_sent, [workload, podNamespace, Vocabulary.Text(direction)]);
            labels[WorkloadCounts.Received(direction)] = (_received, [workload, podNamespace, Vocabulary.Text(direction)]);
        }

        return labels;
    }
}
