using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Query.Filters;
using NetMon.Query.Follow;

namespace NetMon.Query.Top;

/// <summary>Counts the events of a capture's last minute, and new ones. Not thread-safe.</summary>
/// <param name="capture">The capture.</param>
/// <param name="filter">The events to count.</param>
/// <param name="interval">How often the screen is redrawn; its whole seconds are the shortest window.</param>
/// <param name="output">The terminal, or the destination of the table.</param>
/// <param name="isColoured">Whether to write colours.</param>
/// <param name="log">Logs problems.</param>
internal sealed class TopRun(CaptureSettings capture, Filter filter, TimeSpan interval, Stream output, bool isColoured, Logger log)
{
    private const int WidthWithoutTerminal = 120;
    private const int SignalBase = 128; // as in shells
    private const int KeysAtOnce = 64;

    /// <summary>The time after which an event is in a segment, by default, and has been read.</summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(750);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly TopTable[] _tables = [new TopTable(TopSubject.Workloads), new TopTable(TopSubject.Peers)];
    private long _ahead = long.MinValue;
    private int _signal;

    private int Now => Math.Max(1, (int)interval.TotalSeconds);

    private static long NanosecondsNow => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Prints the table of the capture's last minute.</summary>
    public int Once(TopOrder order, TopSubject subject)
    {
        var isRunning = AgentState.Of(capture.Place).IsRunning;
        new History(capture, filter, log).ReadEnd(TimeSpan.FromSeconds(TopSeconds.Longest + 2), Add);
        var table = _tables[(int)subject];
        var last = table.Total.Last;
        if (isRunning)
        {
            // The last second is not over yet. Time advances even without events.
            last = Math.Max(last - 1, (NanosecondsNow / 1_000_000_000) - 2);
        }

        var width = Console.IsOutputRedirected || Console.WindowWidth <= 0 ? WidthWithoutTerminal : Console.WindowWidth;
        var view = new TopView(order, subject, Now, width);
        var rows = table.Rows(order, last, Now);
        output.Write(Encoding.UTF8.GetBytes($"{view.Summary(table.Total.Of(last, Now), rows.Count)}\n{TopScreen.Render(view.Table(rows), width, isColoured)}"));
        return ExitCode.Success;
    }

    /// <summary>Shows the screen until a key or a signal ends it; returns the exit code.</summary>
    public int Screen(TopState state)
    {
        using var rows = new RowFilter(filter.OfEvents);
        using var follower = CaptureFollower.FromSegments(capture.Place, log);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        using var screen = new TopScreen(output, isColoured);
        var drawn = 0L;
        var size = (0, 0);
        while (!state.IsOver && Volatile.Read(ref _signal) == 0)
        {
            for (var until = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 4; Stopwatch.GetTimestamp() < until && follower.TryRead();)
            {
                _ahead = Math.Max(_ahead, follower.Batch.Timestamps[^1] - NanosecondsNow);
                foreach (var row in rows.Select(follower.Node, follower.Batch))
                {
                    Add(follower.Node, HotEvents.Of(follower.Batch, row));
                }
            }

            var isChanged = size != (Console.WindowWidth, Console.WindowHeight);
            // Bounded, because a terminal that is gone delivers keys forever, until drawing fails.
            for (var keys = 0; keys < KeysAtOnce && !Console.IsInputRedirected && Console.KeyAvailable; keys++)
            {
                isChanged |= state.Take(Console.ReadKey(intercept: true).KeyChar);
            }

            if (isChanged || (!state.IsPaused && Stopwatch.GetElapsedTime(drawn) >= interval))
            {
                (drawn, size) = (Stopwatch.GetTimestamp(), (Console.WindowWidth, Console.WindowHeight));
                Draw(screen, state, Console.WindowWidth, Console.WindowHeight);
            }

            Thread.Sleep(Poll);
        }

        return _signal == 0 ? ExitCode.Success : SignalBase + _signal;
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        Volatile.Write(ref _signal, context.Signal switch { PosixSignal.SIGINT => 2, PosixSignal.SIGHUP => 1, _ => 15 });
    }

    private void Draw(TopScreen screen, TopState state, int width, int height)
    {
        // By the clock of the events, which may be ahead; without an agent, the last minute with events.
        var isRunning = AgentState.Of(capture.Place).IsRunning;
        var ahead = isRunning ? Math.Max(0, _ahead) : _ahead == long.MinValue ? 0 : _ahead;
        var last = (NanosecondsNow + ahead - Lateness.Ticks * TimeSpan.NanosecondsPerTick) / 1_000_000_000 - 1;
        var table = _tables[(int)state.Subject];
        var view = new TopView(state.Order, state.Subject, Now, width);
        var time = DateTime.UnixEpoch.AddSeconds(last).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var agent = isRunning ? "" : "  (no agent is writing)";
        screen.Draw($"netmon top  {Printing.TerminalText.Shown(capture.Place)}  {time} UTC{agent}", view, table.Rows(state.Order, last, Now), table.Total.Of(last, Now), state, width, height);
    }

    private void Add(string node, in ConnectionEvent e)
    {
        foreach (var table in _tables)
        {
            table.Add(in e);
        }
    }
}
