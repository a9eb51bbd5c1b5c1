using NetMon.Foundation;
using NetMon.Pipeline;
using NetMon.Sources;

namespace NetMon.Host.Metrics;

/// <summary>Whether the agent lives and does its work. Any thread.</summary>
internal sealed class Health(RingReader reader, EventLoop loop, Faults faults)
{
    /// <summary>A loop that has not come round for so long hangs: when nothing happens it comes round ten times a second.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private volatile bool _attached;
    private volatile bool _stopping;

    /// <summary>The hooks are on.</summary>
    public void Attached() => _attached = true;

    /// <summary>The end has begun: nothing new is taken on.</summary>
    public void Stopping() => _stopping = true;

    /// <summary>Null while both loops turn, or else which one does not: the event loop runs on the reader's thread, so with it both stand. At the end they stop, which is no fault.</summary>
    public string? WhyNotAlive() => _stopping || !_attached
        ? null
        : Standing("the reader of the rings, or the decoder on its thread,", reader.LastTurn) ?? Standing("the decoder", loop.LastTurn);

    /// <summary>Null while the hooks are on and what they write is taken, or else what is missing.</summary>
    public string? WhyNotReady()
    {
        if (_stopping)
        {
            return "stopping: the hooks are off and what is left is written";
        }

        return !_attached || reader.LastTurn == 0 || loop.LastTurn == 0
            ? "starting: the hooks are not all on yet"
            : WhyNotAlive();
    }

    /// <summary>"ok", and behind it which parts fail while the rest goes on: to end the agent for these would cost what works.</summary>
    public string Summary() => string.Concat(faults.All.Where(part => part.Why is not null).Select(part => $"\n{part.Part} fails: {part.Why}").Prepend("ok"));

    private static string? Standing(string loop, long lastTurn)
    {
        var stood = Environment.TickCount64 - lastTurn;
        return lastTurn == 0 || stood < Bound.TotalMilliseconds ? null : $"{loop} has stood still for {stood / 1000} s; look at the log, at CPU throttling and at the disk of --record";
    }
}
