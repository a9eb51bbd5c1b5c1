using NetMon.Enrichment.Peers;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>Known addresses of peers, from this node and from the Kubernetes API.</summary>
internal sealed class PeerMetrics : IMetricGroup
{
    private readonly (string Source, PeerCounters Counters)[] _sources;
    private readonly Gauge _addresses;
    private readonly Counter _refused;
    private readonly Counter _evicted;

    public PeerMetrics(MetricFactory factory, PeerTable peers)
    {
        _sources = [("node", peers.Local.Counters), ("kubernetes", peers.Cluster.Counters)];
        _addresses = factory.CreateGauge("netmon_peer_addresses", "Addresses with a known owner now or within the last hour, by who reported it.", "source");
        _refused = factory.CreateCounter("netmon_peer_refused_addresses_total", "Reported addresses ignored because the table was full.", "source");
        _evicted = factory.CreateCounter("netmon_peer_evicted_owners_total", "Owners evicted because their address had too many.", "source");
    }

    public void Update()
    {
        foreach (var (source, counters) in _sources)
        {
            _addresses.WithLabels(source).Set(counters.Addresses);
            _refused.WithLabels(source).IncTo(counters.Refused);
            _evicted.WithLabels(source).IncTo(counters.Evicted);
        }
    }
}
