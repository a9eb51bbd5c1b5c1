using NetMon.Pipeline.Fanout;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>Events by outcome at each sink.</summary>
internal sealed class SinkMetrics : IMetricGroup
{
    private readonly List<Action> _updates = [];

    public SinkMetrics(MetricFactory factory, IReadOnlyList<SinkWorker> workers)
    {
        var offered = factory.CreateCounter("netmon_sink_offered_events_total", "Events offered to the sink: delivered, dropped or still queued.", "sink");
        var delivered = factory.CreateCounter("netmon_sink_delivered_events_total", "Events written.", "sink");
        var bytes = factory.CreateCounter("netmon_sink_written_bytes_total", "Bytes written; json only. For parquet see netmon_capture_bytes.", "sink");
        var queued = factory.CreateGauge("netmon_sink_queued_batches", "Batches (of up to 512 events) queued for the sink.", "sink");
        var capacity = factory.CreateGauge("netmon_sink_queue_capacity_batches", "Capacity of the sink's queue, batches. Further batches are dropped.", "sink");
        var writes = factory.CreateHistogram(
            "netmon_sink_write_seconds", "Time that the sink took to write a batch of events, seconds.", ["sink"], new HistogramConfiguration { Buckets = HistogramFeed.Bounds });
        foreach (var worker in workers)
        {
            var (sink, counters) = (worker.Sink.Counters.Name, worker.Sink.Counters);
            capacity.WithLabels(sink).Set(SinkWorker.QueuedBatches);
            var feed = new HistogramFeed(worker.Writes, writes.WithLabels(sink));
            _updates.Add(() =>
            {
                offered.WithLabels(sink).IncTo(counters.Offered);
                delivered.WithLabels(sink).IncTo(counters.Delivered);
                queued.WithLabels(sink).Set(worker.Queued);
                if (counters.Bytes > 0)
                {
                    bytes.WithLabels(sink).IncTo(counters.Bytes);
                }

                feed.Update();
            });
        }
    }

    public void Update() => _updates.ForEach(update => update());
}
