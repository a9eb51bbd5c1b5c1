using NetMon.Events;
using NetMon.Pipeline;
using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Enrich;
using NetMon.Sources;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>Events from the kernel to the sinks' queues: seen, lost and waiting.</summary>
internal sealed class EventMetrics : IMetricGroup
{
    private readonly IRecordSource _source;
    private readonly DecodeCounters _decode;
    private readonly EnrichStage _enrich;
    private readonly EventLoop _loop;
    private readonly LossAccount _losses;
    private readonly List<(Counter.Child Series, Func<long> Count)> _events = [];
    private readonly Counter _dropped;
    private readonly Counter _seen;
    private readonly Counter _delivered;
    private readonly Counter _decoded;
    private readonly Counter _late;
    private readonly Counter _inferred;
    private readonly Counter _closesEarly;
    private readonly Counter _closesUnseen;
    private readonly Counter _sweepsFailed;
    private readonly Counter _sweeps;
    private readonly Counter _sweepSeconds;
    private readonly Counter _untold;
    private readonly Counter _garbled;
    private readonly Gauge _ringWaiting;
    private readonly Gauge _pipeWaiting;
    private readonly Gauge _orderWaiting;
    private readonly Gauge _held;

    public EventMetrics(MetricFactory factory, IRecordSource source, DecodeCounters decode, EnrichStage enrich, EventLoop loop, LossAccount losses)
    {
        (_source, _decode, _enrich, _loop, _losses) = (source, decode, enrich, loop, losses);
        var events = factory.CreateCounter("netmon_events_total", "Events, by type, and by how a CONNECT turned out or a connection ended.", "type", "result");
        foreach (var result in Enum.GetValues<ConnectResult>())
        {
            _events.Add((events.WithLabels(Vocabulary.Text(RecordKind.Connect), Vocabulary.Text(result)), () => enrich.Events.Connects(result)));
        }

        _events.Add((events.WithLabels(Vocabulary.Text(RecordKind.Accept), Vocabulary.Text(ConnectResult.Established)), () => enrich.Events.Accepts));
        _events.Add((events.WithLabels(Vocabulary.Text(RecordKind.Flow), "open"), () => enrich.Events.Flows));
        foreach (var reason in Enum.GetValues<CloseReason>().Where(reason => reason != CloseReason.None))
        {
            _events.Add((events.WithLabels(Vocabulary.Text(RecordKind.Close), Vocabulary.Text(reason)), () => enrich.Events.Closes(reason)));
        }

        _dropped = factory.CreateCounter("netmon_dropped_events_total", "Events lost, by the stage that lost them and why. decode: records or stretches of bytes that were none.", "stage", "reason");
        _seen = factory.CreateCounter("netmon_source_seen_events_total", "Events that happened, as the source counted them.");
        _delivered = factory.CreateCounter("netmon_source_delivered_events_total", "Events that the source found room for in a ring.");
        _decoded = factory.CreateCounter("netmon_decoded_events_total", "Records that became events.");
        _late = factory.CreateCounter("netmon_late_events_total", "Events that went out after younger ones. Not lost.");
        _inferred = factory.CreateCounter("netmon_accepts_inferred_total", "ACCEPTs that no hook saw: their owner is the listener or who closed. Not lost.");
        _closesEarly = factory.CreateCounter("netmon_closes_early_total", "CLOSEs written when the socket was released: another program had switched off its state changes. Not lost.");
        _closesUnseen = factory.CreateCounter("netmon_closes_unseen_total", "Sockets that were gone without a CLOSE.");
        _sweepsFailed = factory.CreateCounter("netmon_flow_sweeps_failed_total", "Sweeps over open connections that the kernel broke off. The next reports what was due; if the number keeps growing, FLOW events are missing.");
        _sweeps = factory.CreateCounter("netmon_flow_sweeps_total", "Sweeps over open connections that came to their end.");
        _sweepSeconds = factory.CreateCounter("netmon_flow_sweep_seconds_total", "How long those took together, seconds.");
        _untold = factory.CreateCounter("netmon_cgroups_untold_total", "Cgroups that the kernel had no room to report. No event is lost for that.");
        _garbled = factory.CreateCounter("netmon_garbled_bytes_total", "Bytes that were no record.");
        factory.CreateGauge("netmon_ring_size_bytes", "Memory of all rings together, bytes.").Set(source.Rings.Sum(ring => (long)ring.DataBytes));
        factory.CreateGauge("netmon_kernel_memory_bytes", "Kernel memory of the table of sockets, the rings and the counters, bytes. It is taken at the start, does not grow, and is charged to the agent's cgroup.").Set(source.KernelBytes);
        _ringWaiting = factory.CreateGauge("netmon_ring_waiting_bytes", "Bytes in the rings that wait to be read.");
        _pipeWaiting = factory.CreateGauge("netmon_pipe_waiting_bytes", "Bytes that waited for the decoder the last time it looked.");
        _orderWaiting = factory.CreateGauge("netmon_order_waiting_events", "Events that wait until nothing older can come.");
        _held = factory.CreateGauge("netmon_naming_held_batches", "Batches of events that wait for a container's name.");
    }

    public void Update()
    {
        foreach (var (series, count) in _events)
        {
            series.IncTo(count());
        }

        foreach (var (stage, reason, count) in _losses.Totals())
        {
            if (!reason.EndsWith("_bytes", StringComparison.Ordinal))
            {
                _dropped.WithLabels(stage, reason).IncTo(count);
            }
        }

        var counters = _source.ReadCounters();
        _seen.IncTo(counters.Seen);
        _delivered.IncTo(counters.Delivered);
        _inferred.IncTo(counters.AcceptsInferred);
        _closesEarly.IncTo(counters.ClosesEarly);
        _closesUnseen.IncTo(counters.ClosesUnseen);
        _sweepsFailed.IncTo(counters.SweepsFailed);
        _sweeps.IncTo(counters.Sweeps);
        _sweepSeconds.IncTo(counters.SweepNanoseconds / 1e9);
        _untold.IncTo(counters.CgroupsDropped);
        _decoded.IncTo(_decode.Events);
        _late.IncTo(_loop.Late);
        _garbled.IncTo(_decode.GarbledBytes + (long)counters.GarbledBytes);
        _ringWaiting.Set(_source.Rings.Sum(ring => ring.WaitingBytes));
        _pipeWaiting.Set(_loop.PipeBytes);
        _orderWaiting.Set(_loop.Waiting);
        _held.Set(_enrich.Held);
    }
}
