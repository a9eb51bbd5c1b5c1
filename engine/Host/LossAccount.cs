using NetMon.Events;
using NetMon.Pipeline.Decode;
using NetMon.Sources;

namespace NetMon.Host;

/// <summary>What was lost since the start, stage by stage: one place that knows every counter. Any thread may ask.</summary>
internal sealed class LossAccount(IRecordSource source, ReaderCounters reader, DecodeCounters decode, IReadOnlyList<SinkCounters> sinks)
{
    /// <summary>The stage of what the source lost.</summary>
    public const string Source = "source";

    /// <summary>Of the source: the agent did not drain in time. Known by cgroup.</summary>
    public const string RingFull = "ring_full";

    /// <summary>Of the source: more than a cgroup's share. Known by cgroup.</summary>
    public const string FairShare = "fair_share";

    /// <summary>Every loss counter, zero or not, in the order of the stages.</summary>
    public IReadOnlyList<LossCounter> Totals() => [.. Losses(source.ReadCounters())];

    /// <summary>One line for the log at the end.</summary>
    public string Summary()
    {
        var counters = source.ReadCounters();
        var delivered = string.Concat(sinks.Select(sink => $", {sink.Name} {sink.Delivered}"));
        var lost = string.Join(", ", Losses(counters).Where(loss => loss.Count > 0).Select(loss => $"{loss.Name} {loss.Count}"));
        return $"stopped: seen {counters.Seen}, to rings {counters.Delivered}, decoded {decode.Events}{delivered}; "
            + (lost.Length == 0 ? "nothing lost" : $"lost: {lost}")
            + (counters.AcceptsInferred == 0 ? "" : $"; accepts that no hook saw, their owner inferred: {counters.AcceptsInferred}")
            + (counters.ClosesEarly == 0 ? "" : $"; closes seen only when the socket was released: {counters.ClosesEarly}")
            + (counters.ClosesUnseen == 0 ? "" : $"; sockets gone without a CLOSE: {counters.ClosesUnseen}");
    }

    private IEnumerable<LossCounter> Losses(SourceCounters counters)
    {
        yield return new LossCounter(Source, RingFull, (long)counters.RingFull);
        yield return new LossCounter(Source, "no_room", (long)counters.NoRoom);
        yield return new LossCounter(Source, FairShare, (long)counters.FairShare);
        yield return new LossCounter(Source, "recursion", (long)counters.RecursionMisses);
        yield return new LossCounter(Source, "garbled_bytes", (long)counters.GarbledBytes);
        yield return new LossCounter("capture", "misshapen", reader.Misshapen);
        yield return new LossCounter("decode", "garbled", decode.GarbledRuns);
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
