using NetMon.Cluster;
using NetMon.Enrichment.Peers;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>Objects known from the Kubernetes API (--kubernetes-api), and the state of its watches.</summary>
internal sealed class KubernetesMetrics : IMetricGroup
{
    private readonly ClusterStatus _status;
    private readonly ClusterPeers _peers;
    private readonly Gauge _watching;
    private readonly Gauge _age;
    private readonly Gauge _objects;
    private readonly Gauge _addresses;
    private readonly Counter _refused;
    private readonly Counter _requests;
    private readonly Counter _relists;
    private readonly Counter _errors;
    private readonly Counter _leftOut;
    private readonly Counter _bytes;
    private readonly Counter _malformed;

    public KubernetesMetrics(MetricFactory factory, ClusterStatus status, ClusterPeers peers)
    {
        (_status, _peers) = (status, peers);
        _watching = factory.CreateGauge("netmon_kubernetes_watching", "1 while changes of this kind arrive from the Kubernetes API.", "kind");
        _age = factory.CreateGauge("netmon_kubernetes_silent_seconds", "Seconds since the API server last sent anything about this kind. Bookmarks arrive about once a minute.", "kind");
        _objects = factory.CreateGauge("netmon_kubernetes_objects", "Objects that supply names.", "kind");
        _addresses = factory.CreateGauge("netmon_kubernetes_addresses", "Known addresses of nodes, Services and endpoints, including those of the last hour.");
        _refused = factory.CreateCounter("netmon_kubernetes_refused_addresses_total", "Addresses ignored because the table was full.");
        _requests = factory.CreateCounter("netmon_kubernetes_requests_total", "Requests sent to the API server.", "kind");
        _relists = factory.CreateCounter("netmon_kubernetes_relists_total", "Times that everything was listed again, because the resource version to continue from had expired.", "kind");
        _errors = factory.CreateCounter("netmon_kubernetes_errors_total", "Lists and watches that failed.", "kind");
        _leftOut = factory.CreateCounter("netmon_kubernetes_left_out_total", "Objects skipped because they are too large or malformed.", "kind");
        _bytes = factory.CreateCounter("netmon_kubernetes_received_bytes_total", "Bytes of JSON received.", "kind");
        _malformed = factory.CreateCounter("netmon_kubernetes_malformed_lines_total", "Malformed lines from netmon-kubernetes.");
    }

    public void Update()
    {
        foreach (var kind in _status.Kinds)
        {
            var word = FactProtocol.WordOf(kind.Kind);
            _watching.WithLabels(word).Set(kind.Phase == WatchPhase.Watching ? 1 : 0);
            _age.WithLabels(word).Set(kind.SinceHeard.TotalSeconds);
            _objects.WithLabels(word).Set(_peers.CountOf(ClusterFeed.KindOf(kind.Kind)));
            _requests.WithLabels(word).IncTo(kind.Requests);
            _relists.WithLabels(word).IncTo(kind.Relists);
            _errors.WithLabels(word).IncTo(kind.Errors);
            _leftOut.WithLabels(word).IncTo(kind.LeftOut);
            _bytes.WithLabels(word).IncTo(kind.Bytes);
        }

        _addresses.Set(_peers.Counters.Addresses);
        _refused.IncTo(_peers.Counters.Refused);
        _malformed.IncTo(_status.Malformed);
    }
}
