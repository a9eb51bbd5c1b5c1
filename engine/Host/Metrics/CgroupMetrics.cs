using NetMon.Sources;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>Events seen and dropped, for the cgroups with most of them.</summary>
internal sealed class CgroupMetrics : IMetricGroup
{
    private static readonly string[] Names = ["cgroup_id", "container_id", "pod_name", "pod_namespace", "container_name"];
    private readonly IRecordSource _source;
    private readonly CgroupLosses _losses;
    private readonly TopSeries _seen;
    private readonly TopSeries _ringFull;
    private readonly TopSeries _fairShare;

    public CgroupMetrics(MetricFactory factory, IRecordSource source, CgroupLosses losses)
    {
        (_source, _losses) = (source, losses);
        var seen = factory.CreateCounter(
            "netmon_cgroup_seen_events_total",
            "Events that happened, for the 10 cgroups with the most events, of those active in the last hour. cgroup_id=other: all other cgroups.",
            Names);
        var dropped = factory.CreateCounter(
            "netmon_cgroup_dropped_events_total",
            "Events that the source lost, for the 10 cgroups that lost the most, of those active in the last hour. cgroup_id=other: all other cgroups.",
            ["reason", .. Names]);
        _seen = new TopSeries(seen, [], losses.ContainerOf);
        _ringFull = new TopSeries(dropped, [LossAccount.RingFull], losses.ContainerOf);
        _fairShare = new TopSeries(dropped, [LossAccount.FairShare], losses.ContainerOf);
    }

    public void Update()
    {
        var all = _source.ReadCounters(); // before the cgroups: any excess counts next time
        var cgroups = _losses.Counters();
        var active = cgroups.Where(cgroup => cgroup.Active).ToList();
        var byLost = TopSeries.Of(active, cgroup => cgroup.Lost);
        _seen.Update(cgroups, cgroup => cgroup.Seen, TopSeries.Of(active, cgroup => cgroup.Seen), all.Seen);
        _ringFull.Update(cgroups, cgroup => cgroup.RingFull, byLost, all.RingFull);
        _fairShare.Update(cgroups, cgroup => cgroup.FairShare, byLost, all.FairShare);
    }
}
