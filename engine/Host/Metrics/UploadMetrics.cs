using NetMon.Storage;
using NetMon.Storage.Uploads;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>Sealed files that are not uploaded yet (--archive), as last counted by retention.</summary>
internal sealed class UploadMetrics : IMetricGroup
{
    private readonly CaptureSink _sink;
    private readonly Gauge _files;
    private readonly Gauge _bytes;
    private readonly Gauge _held;

    public UploadMetrics(MetricFactory factory, CaptureSink sink)
    {
        _sink = sink;
        _files = factory.CreateGauge("netmon_archive_waiting_files", "Sealed files that are not in the bucket yet.");
        _bytes = factory.CreateGauge("netmon_archive_waiting_bytes", "Bytes of the sealed files that are not in the bucket yet.");
        _held = factory.CreateGauge("netmon_archive_held_hours", "Hours beyond the retention limits that are kept because they are not in the bucket yet.");
    }

    public void Update()
    {
        UploadBacklog backlog = _sink.UploadBacklog;
        _files.Set(backlog.Files);
        _bytes.Set(backlog.Bytes);
        _held.Set(backlog.HeldHours);
    }
}
