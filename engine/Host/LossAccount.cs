using NetMon.Events;
using NetMon.Pipeline.Decode;
using NetMon.Sources;

namespace NetMon.Host;

/// <summary>All losses since the start, by stage: combines every loss counter of the agent. Thread-safe.</summary>
internal sealed class LossAccount(IRecordSource source, ReaderCounters reader, DecodeCounters decode, IReadOnlyList<SinkCounters> sinks)
{
    /// <summary>The stage of losses in the source.</summary>
    public const string Source = "source";

    /// <summary>A loss in the source because the agent did not drain a ring in time. Known by cgroup.</summary>
    public const string RingFull = "ring_full";

    /// <summary>A loss in the source because a cgroup exceeded its share. Known by cgroup.</summary>
    public const string FairShare = "fair_share";

    /// <summary>Returns every loss counter, including zeros, in the order of the stages.</summary>
    public IReadOnlyList<LossCounter> Totals() => [.. Losses(source.ReadCounters())];

    /// <summary>Returns the line that is logged at the end.</summary>
    public string Summary()
    {
        var counters = source.ReadCounters();
        var delivered = string.Concat(sinks.Select(sink => $", {sink.Name} {sink.Delivered}"));
        var lost = string.Join(", ", Losses(counters).Where(loss => loss.Count > 0).Select(loss => $"{loss.Name} {loss.Count}"));
        return $"stopped: seen {counters.Seen}, to rings {counters.Delivered}, decoded {decode.Events}{delivered}; "
            + (lost.Length == 0 ? "nothing lost" : $"lost: {lost}")
            + (counters.AcceptsInferred == 0 ? "" : $"; accepts with an inferred owner: {counters.AcceptsInferred}")
            + (counters.ClosesEarly == 0 ? "" : $"; closes recorded at the socket's release: {counters.ClosesEarly}")
            + (counters.ClosesUnseen == 0 ? "" : $"; sockets released without a CLOSE: {counters.ClosesUnseen}");
    }

    private IEnumerable<LossCounter> Losses(SourceCounters counters)
    {
        yield return new LossCounter(Source, RingFull, (long)counters.RingFull);
        yield return new LossCounter(Source, "no_room", (long)counters.NoRoom);
        yield return new LossCounter(Source, FairShare, (long)counters.FairShare);
        yield return new LossCounter(Source, "recursion", (long)counters.RecursionMisses);
        yield return new LossCounter(Source, "corrupt_bytes", (long)counters.CorruptBytes);
        yield return new LossCounter("capture", "malformed", reader.Malformed);
        yield return new LossCounter("decode", "corrupt", decode.CorruptRuns);
        yield return new LossCounter("decode", "unknown_version", decode.UnknownVersion);
        foreach (var sink in sinks)
        {
            yield return new LossCounter(sink.Name, "queue_full", sink.QueueFull);
            yield return new LossCounter(sink.Name, "failed", sink.Failed - sink.Paused);
            yield return new LossCounter(sink.Name, "disk_floor", sink.Paused);
            foreach (var later in sink.LostLater)
            {
                yield return later;
            }
        }
    }
}
