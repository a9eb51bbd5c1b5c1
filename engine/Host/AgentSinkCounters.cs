using NetMon.Events;
using NetMon.Pipeline.Json;
using NetMon.Storage;

namespace NetMon.Host;

/// <summary>The counters of the sinks.</summary>
internal sealed class AgentSinkCounters(RunSettings settings)
{
    public SinkCounters Json { get; } = new(JsonSink.Stage);

    public SinkCounters Capture { get; } = new(CaptureSink.Stage, [.. CaptureSink.LaterLosses]);

    /// <summary>The counters of the configured sinks.</summary>
    public IReadOnlyList<SinkCounters> All =>
    [
        .. settings.Json is null ? Array.Empty<SinkCounters>() : [Json],
        .. settings.Capture is null ? Array.Empty<SinkCounters>() : [Capture],
    ];
}
