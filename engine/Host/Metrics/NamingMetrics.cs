using NetMon.Enrichment;
using NetMon.Enrichment.Runtimes;
using NetMon.Pipeline.Enrich;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>How containers are named, and the state of the runtimes that name them.</summary>
internal sealed class NamingMetrics : IMetricGroup
{
    private readonly NamingCounters _naming;
    private readonly DirectoryCounters _directory;
    private readonly ContainerRuntimes _runtimes;
    private readonly HistogramFeed _waits;
    private readonly List<(Counter Series, Func<long> Count)> _counts;
    private readonly Counter _events;
    private readonly Gauge _containers;
    private readonly Gauge _cgroups;
    private readonly Gauge _connected;
    private readonly Counter _calls;
    private readonly Counter _failures;
    private readonly Counter _reconnects;
    private readonly Counter _forgotten;
    private readonly Counter _leftOut;
    private readonly Gauge _latency;

    public NamingMetrics(MetricFactory factory, NamingCounters naming, DirectoryCounters directory, ContainerRuntimes runtimes)
    {
        (_naming, _directory, _runtimes) = (naming, directory, runtimes);
        _events = factory.CreateCounter("netmon_container_events_total", "Events of processes in containers, by whether they were written with the container's names (hit) or without (miss).", "names");
        _waits = new HistogramFeed(
            naming.Waits,
            factory.CreateHistogram("netmon_name_wait_seconds", "Time that events waited for a container's names, seconds. Most do not wait.", new HistogramConfiguration { Buckets = HistogramFeed.Bounds }));
        _counts =
        [
            (factory.CreateCounter("netmon_naming_delayed_batches_total", "Batches of events delayed until a container's name arrived."), () => naming.BatchesDelayed),
            (factory.CreateCounter("netmon_naming_timed_out_batches_total", "Delayed batches written without the name, because --name-wait had passed."), () => naming.BatchesTimedOut),
            (factory.CreateCounter("netmon_naming_evicted_batches_total", "Delayed batches written without the name, because too many were waiting."), () => naming.BatchesEvicted),
            (factory.CreateCounter("netmon_cgroups_unknown_total", "Cgroups that were unknown when their first event arrived."), () => directory.Unknown),
            (factory.CreateCounter("netmon_directory_evicted_total", "Cgroups and containers evicted from the directory because it was full."), () => directory.Evicted),
            (factory.CreateCounter("netmon_cgroup_rescans_total", "Times that the cgroup tree was read again."), () => directory.Rescans),
            (factory.CreateCounter("netmon_name_lookups_total", "Lookups of a container's names."), () => directory.Asked),
        ];
        _containers = factory.CreateGauge("netmon_containers", "Containers in the directory, by whether a runtime has reported their names (known) or not (unknown).", "names");
        _cgroups = factory.CreateGauge("netmon_cgroups", "Cgroups in the directory, including recently removed ones.");
        _connected = factory.CreateGauge("netmon_runtime_connected", "1 if the runtime has sent its version and all its containers; 0 if its socket exists and the agent is retrying.", "runtime");
        _calls = factory.CreateCounter("netmon_runtime_calls_total", "Calls started: version and list requests.", "runtime");
        _failures = factory.CreateCounter("netmon_runtime_failures_total", "Connections that failed or were lost.", "runtime");
        _reconnects = factory.CreateCounter("netmon_runtime_reconnects_total", "Connections after the first.", "runtime");
        _forgotten = factory.CreateCounter("netmon_runtime_dropped_lookups_total", "Lookups dropped because too many were waiting.", "runtime");
        _leftOut = factory.CreateCounter("netmon_runtime_left_out_containers_total", "Containers that a runtime reported and the agent skipped, because there were too many at once or the description was too large.", "runtime");
        _latency = factory.CreateGauge("netmon_runtime_last_call_seconds", "Duration of the last successful call, seconds.", "runtime");
    }

    public void Update()
    {
        var (inContainers, named) = (_naming.InContainers, _naming.Named);
        _events.WithLabels("hit").IncTo(named);
        _events.WithLabels("miss").IncTo(Math.Max(0, inContainers - named));
        _containers.WithLabels("known").Set(_directory.Named);
        _containers.WithLabels("unknown").Set(Math.Max(0, _directory.Containers - _directory.Named));
        _cgroups.Set(_directory.Cgroups);
        _waits.Update();
        _counts.ForEach(count => count.Series.IncTo(count.Count()));
        foreach (var runtime in _runtimes.Status)
        {
            // A default endpoint that has never had a socket is not a runtime of this node.
            var isThere = runtime.State != RuntimeState.Absent || !runtime.Endpoint.IsUsualPlace || runtime.Calls > 0;
            if (isThere)
            {
                var name = runtime.Endpoint.Address;
                _connected.WithLabels(name).Set(runtime.State == RuntimeState.Connected ? 1 : 0);
                _calls.WithLabels(name).IncTo(runtime.Calls);
                _failures.WithLabels(name).IncTo(runtime.Failures);
                _reconnects.WithLabels(name).IncTo(runtime.Reconnects);
                _forgotten.WithLabels(name).IncTo(runtime.DroppedLookups);
                _leftOut.WithLabels(name).IncTo(runtime.LeftOut);
                _latency.WithLabels(name).Set(runtime.LastLatency.TotalSeconds);
            }
        }
    }
}
