using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Fanout;
using NetMon.Sources;
using NetMon.Sources.Replay;

namespace NetMon.Host;

/// <summary>What was lost since the start, stage by stage: one place that knows every counter. Any thread may ask.</summary>
internal sealed class LossAccount(IRecordSource source)
{
    private RingReader? _reader;
    private RecordDecoder? _decoder;
    private SinkFanout? _sinks;

    /// <summary>The stages, once they exist; before that their losses are zero.</summary>
    public void Follow(RingReader reader, RecordDecoder decoder, SinkFanout sinks) => (_reader, _decoder, _sinks) = (reader, decoder, sinks);

    /// <summary>Every loss counter by "stage.reason", zero or not.</summary>
    public IReadOnlyDictionary<string, long> Totals() => Losses().ToDictionary(loss => loss.Name, loss => loss.Count);

    /// <summary>One line for the log at the end.</summary>
    public string Summary()
    {
        var counters = source.ReadCounters();
        var sinks = string.Concat((_sinks?.Workers ?? []).Select(w => $", {w.Sink.Name} {w.Sink.Counters.Delivered}"));
        var lost = string.Join(", ", Losses().Where(loss => loss.Count > 0).Select(loss => $"{loss.Name} {loss.Count}"));
        return $"stopped: seen {counters.Seen}, to rings {counters.Delivered}, decoded {_decoder?.Counters.Events ?? 0}{sinks}; "
            + (lost.Length == 0 ? "nothing lost" : $"lost: {lost}")
            + (counters.AcceptsInferred == 0 ? "" : $"; accepts that no hook saw, their owner inferred: {counters.AcceptsInferred}");
    }

    private IEnumerable<(string Name, long Count)> Losses()
    {
        var counters = source.ReadCounters();
        yield return ("source.ring_full", (long)counters.RingFull);
        yield return ("source.no_state", (long)counters.NoState);
        yield return ("source.recursion", (long)counters.RecursionMisses);
        yield return ("source.garbled_bytes", (source as ReplaySource)?.GarbledBytes ?? 0);
        yield return ("capture.misshapen", _reader?.Misshapen ?? 0);
        yield return ("decode.garbled", _decoder?.Counters.GarbledRuns ?? 0);
        yield return ("decode.unknown_version", _decoder?.Counters.UnknownVersion ?? 0);
        foreach (var worker in _sinks?.Workers ?? [])
        {
            yield return ($"{worker.Sink.Name}.queue_full", worker.Sink.Counters.QueueFull);
            yield return ($"{worker.Sink.Name}.failed", worker.Sink.Counters.Failed - worker.Sink.Counters.Paused);
            yield return ($"{worker.Sink.Name}.disk_floor", worker.Sink.Counters.Paused);
        }
    }
}
