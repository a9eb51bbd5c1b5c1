using NetMon.Events;
using NetMon.Pipeline.Enrich;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>The series of one workload, or of all others. Their values only grow, also when they are hidden and shown again.</summary>
/// <param name="show">Makes the series of this workload, in the order of its counters.</param>
/// <param name="hide">Removes them.</param>
internal sealed class WorkloadSeries(Func<Counter.Child[]> show, Action hide)
{
    private readonly long[] _values = new long[WorkloadCounts.Counters];
    private readonly long[] _counted = new long[WorkloadCounts.Counters];
    private Counter.Child[]? _shown;

    /// <summary>Where its counts come from; null for all others.</summary>
    public WorkloadCounts? Counts { get; private set; }

    public bool IsShown => _shown is not null;

    /// <summary>What it moved lately.</summary>
    public WorkloadTraffic Recent { get; private set; }

    private WorkloadTraffic Ranked { get; set; }

    /// <summary>Adds what the workload has moved since the last time to what counts for its rank.</summary>
    /// <param name="counts">Of the workload: others than the last time if it lost its place in the table and has got another.</param>
    /// <param name="decay">What is left of earlier traffic, 0 to 1.</param>
    public void Rank(WorkloadCounts counts, double decay)
    {
        if (!ReferenceEquals(counts, Counts))
        {
            var isNew = Counts is null;
            (Counts, Ranked) = (counts, default);
            if (!isNew)
            {
                Leave();
            }
        }

        var traffic = WorkloadTraffic.Of(counts);
        Recent = Recent.Times(decay).Plus(traffic.Minus(Ranked));
        Ranked = traffic;
    }

    /// <summary>Counts what came since the last time in these series, and takes it from what is left.</summary>
    /// <param name="left">By counter: what of all events is in no series yet.</param>
    public void Take(long[] left)
    {
        for (var counter = 0; counter < WorkloadCounts.Counters; counter++)
        {
            var grown = Math.Clamp(Counts![counter] - _counted[counter], 0, left[counter]);
            _counted[counter] += grown;
            _values[counter] += grown;
            left[counter] -= grown;
        }
    }

    /// <summary>Leaves what came since the last time to the others.</summary>
    public void Leave()
    {
        for (var counter = 0; counter < WorkloadCounts.Counters; counter++)
        {
            _counted[counter] = Counts![counter];
        }
    }

    /// <summary>Adds amounts, by counter.</summary>
    public void Add(long[] amounts)
    {
        for (var counter = 0; counter < WorkloadCounts.Counters; counter++)
        {
            _values[counter] += amounts[counter];
        }
    }

    /// <summary>Shows the values as they are now.</summary>
    public void Show()
    {
        _shown ??= show();
        for (var counter = 0; counter < WorkloadCounts.Counters; counter++)
        {
            _shown[counter].IncTo(_values[counter]);
        }
    }

    public void Hide()
    {
        if (_shown is not null)
        {
            hide();
            _shown = null;
        }
    }
}
