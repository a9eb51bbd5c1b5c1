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
    private readonly Counter _reportsDropped;
    private readonly Counter _corrupt;
    private readonly Gauge _ringWaiting;
    private readonly Gauge _pipeWaiting;
    private readonly Gauge _orderWaiting;
    private readonly Gauge _held;

    public EventMetrics(MetricFactory factory, IRecordSource source, DecodeCounters decode, EnrichStage enrich, EventLoop loop, LossAccount losses)
    {
        (_source, _decode, _enrich, _loop, _losses) = (source, decode, enrich, loop, losses);
        var events = factory.CreateCounter("netmon_events_total", "Events by type and result: the result of a CONNECT, the close reason of a CLOSE.", "type", "result");
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

        _dropped = factory.CreateCounter("netmon_dropped_events_total", "Events lost, by stage and reason. Stage decode counts records, or runs of bytes that are not records.", "stage", "reason");
        _seen = factory.CreateCounter("netmon_source_seen_events_total", "Events that happened, as counted by the source.");
        _delivered = factory.CreateCounter("netmon_source_delivered_events_total", "Events that the source wrote to a ring.");
        _decoded = factory.CreateCounter("netmon_decoded_events_total", "Records decoded into events.");
        _late = factory.CreateCounter("netmon_late_events_total", "Events written after later ones. Not lost.");
        _inferred = factory.CreateCounter("netmon_accepts_inferred_total", "ACCEPTs that no hook saw: the recorded owner is the listener, or the process that closed the connection. Not lost.");
        _closesEarly = factory.CreateCounter("netmon_closes_at_release_total", "CLOSEs written when the socket was released, because another program had turned off its state callbacks. Not lost.");
        _closesUnseen = factory.CreateCounter("netmon_closes_missed_total", "Sockets released without a CLOSE event.");
        _sweepsFailed = factory.CreateCounter("netmon_flow_sweeps_failed_total", "Sweeps over open connections that the kernel aborted. The next sweep reports what was due; if this number keeps growing, FLOW events are missing.");
        _sweeps = factory.CreateCounter("netmon_flow_sweeps_total", "Completed sweeps over open connections.");
        _sweepSeconds = factory.CreateCounter("netmon_flow_sweep_seconds_total", "Total duration of the completed sweeps, seconds.");
        _reportsDropped = factory.CreateCounter("netmon_cgroup_reports_dropped_total", "Reports of new or removed cgroups that the kernel dropped because the ring was full. The agent reads the cgroup tree instead; no event is lost.");
        _corrupt = factory.CreateCounter("netmon_corrupt_bytes_total", "Bytes skipped because they are not a record.");
        factory.CreateGauge("netmon_ring_size_bytes", "Total size of the rings, bytes.").Set(source.Rings.Sum(ring => (long)ring.DataBytes));
        factory.CreateGauge("netmon_kernel_memory_bytes", "Kernel memory of the socket table, the rings and the counters, bytes. Allocated at startup; does not grow; charged to the agent's cgroup.").Set(source.KernelBytes);
        _ringWaiting = factory.CreateGauge("netmon_ring_waiting_bytes", "Unread bytes in the rings.");
        _pipeWaiting = factory.CreateGauge("netmon_pipe_waiting_bytes", "Bytes waiting for the decoder when it last ran.");
        _orderWaiting = factory.CreateGauge("netmon_order_waiting_events", "Events waiting to be put in order: an earlier event can still arrive.");
        _held = factory.CreateGauge("netmon_naming_waiting_batches", "Batches of events waiting for a container's name.");
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
        _reportsDropped.IncTo(counters.CgroupsDropped);
        _decoded.IncTo(_decode.Events);
        _late.IncTo(_loop.Late);
        _corrupt.IncTo(_decode.CorruptBytes + (long)counters.CorruptBytes);
        _ringWaiting.Set(_source.Rings.Sum(ring => ring.WaitingBytes));
        _pipeWaiting.Set(_loop.PipeBytes);
        _orderWaiting.Set(_loop.Waiting);
        _held.Set(_enrich.Held);
    }
}
