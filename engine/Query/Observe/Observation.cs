using System.Buffers;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Native;
using NetMon.Query.Filters;
using NetMon.Query.Follow;

namespace NetMon.Query.Observe;

/// <summary>Prints the events of a capture: existing ones, then new ones. Not thread-safe.</summary>
/// <param name="capture">The capture.</param>
/// <param name="filter">The events to print.</param>
/// <param name="lines">The format of the lines.</param>
/// <param name="output">The output.</param>
/// <param name="log">Logs problems.</param>
internal sealed class Observation(CaptureSettings capture, Filter filter, IEventLines lines, Stream output, Logger log) : IDisposable
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>The polling interval. By default an agent writes rows to a segment within half a second.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly RowFilter _rows = new(filter.OfEvents);

    /// <summary>Prints the events. When following, returns once the reader has closed the output.</summary>
    /// <param name="follow">Whether to continue with new events.</param>
    /// <param name="last">The number of existing events; <see cref="long.MaxValue"/>: all.</param>
    public void Run(bool follow, long last)
    {
        var state = capture.Bucket is null ? AgentState.Of(capture.Place) : new AgentState(IsRunning: true, null);
        if (!state.IsRunning)
        {
            log.Warn(state.Until is { } until
                ? $"no agent is writing to {capture.Place}: it has events up to {Time(until)}"
                : $"no agent is writing to {capture.Place}, and it has no events");
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

    /// <summary>Writes complete lines only.</summary>
    private void Flush()
    {
        output.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }

    private static string Time(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
}
