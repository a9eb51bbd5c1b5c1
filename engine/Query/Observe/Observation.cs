using System.Buffers;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Native;
using NetMon.Query.Filters;
using NetMon.Query.Follow;

namespace NetMon.Query.Observe;

/// <summary>Prints the events of a capture: the last ones, then those to come. One thread.</summary>
/// <param name="capture">Where it is.</param>
/// <param name="filter">Which events.</param>
/// <param name="lines">How they are printed.</param>
/// <param name="output">Where to.</param>
/// <param name="log">For what is not as it should be.</param>
internal sealed class Observation(CaptureSettings capture, Filter filter, IEventLines lines, Stream output, Logger log) : IDisposable
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>An agent writes rows to a segment half a second after they happen, by default.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly RowFilter _rows = new(filter.OfEvents);

    /// <summary>Prints, and does not return where it follows until nobody reads any more.</summary>
    /// <param name="follow">Whether to go on with the events to come.</param>
    /// <param name="last">How many events to begin with; <see cref="long.MaxValue"/>: all.</param>
    public void Run(bool follow, long last)
    {
        var state = capture.Bucket is null ? AgentState.Of(capture.Place) : new AgentState(IsRunning: true, null);
        if (!state.IsRunning)
        {
            log.Warn(state.Until is { } until
                ? $"no agent is writing to {capture.Place}: it has events up to {Time(until)}"
                : $"no agent is writing to {capture.Place}, and none has");
        }

        using var follower = follow ? CaptureFollower.FromNow(capture.Place, log) : null;
        if (last > 0)
        {
            var history = new History(capture, filter, log);
            Action<Snapshot>? taken = follower is null ? null : follower.ContinueAfter;
            if (last == long.MaxValue)
            {
                history.ReadAll(Print, taken);
            }
            else
            {
                history.ReadLast(last, Print, taken);
            }

            Flush();
        }

        if (follower is not null)
        {
            Follow(follower, state.IsRunning);
        }
    }

    public void Dispose() => _rows.Dispose();

    private void Follow(CaptureFollower follower, bool isRunning)
    {
        using var reader = OutputDescriptor.Standard();
        var lookAt = Environment.TickCount64;
        while (!reader.IsAbandoned())
        {
            while (follower.TryRead())
            {
                foreach (var row in _rows.Select(follower.Node, follower.Batch))
                {
                    Print(follower.Node, HotEvents.Of(follower.Batch, row));
                }

                Flush();
            }

            if (Environment.TickCount64 >= lookAt)
            {
                lookAt = Environment.TickCount64 + (long)Look.TotalMilliseconds;
                var now = AgentState.Of(capture.Place);
                if (now.IsRunning != isRunning)
                {
                    isRunning = now.IsRunning;
                    log.Warn(isRunning ? $"an agent is writing to {capture.Place}"
                        : now.Until is { } until ? $"no agent is writing to {capture.Place} any more: it has events up to {Time(until)}" : $"no agent is writing to {capture.Place} any more");
                }
            }

            Thread.Sleep(Poll);
        }
    }

    private void Print(string node, in ConnectionEvent e)
    {
        lines.Write(node, in e, _lines);
        if (_lines.WrittenCount >= ChunkBytes)
        {
            Flush();
        }
    }

    /// <summary>Whole lines alone.</summary>
    private void Flush()
    {
        output.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }

    private static string Time(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
}
