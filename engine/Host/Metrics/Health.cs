using NetMon.Foundation;
using NetMon.Pipeline;
using NetMon.Sources;

namespace NetMon.Host.Metrics;

/// <summary>Whether the agent is alive and works. Thread-safe.</summary>
internal sealed class Health(RingReader reader, EventLoop loop, Faults faults)
{
    /// <summary>A loop without an iteration for this long hangs; an idle loop iterates ten times a second.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private volatile bool _attached;
    private volatile bool _stopping;

    /// <summary>Reports that the hooks are attached.</summary>
    public void Attached() => _attached = true;

    /// <summary>Reports that the agent is shutting down.</summary>
    public void Stopping() => _stopping = true;

    /// <summary>Returns null while both loops run, else the one that hangs. The event loop runs on the reader's thread, so that if it hangs, both do. During shutdown the loops may stop.</summary>
    public string? WhyNotAlive() => _stopping || !_attached
        ? null
        : Standing("the ring reader, or the decoder on its thread,", reader.LastTurn) ?? Standing("the decoder", loop.LastTurn);

    /// <summary>Returns null while the hooks are attached and their records are processed, else what is wrong.</summary>
    public string? WhyNotReady()
    {
        if (_stopping)
        {
            return "stopping: the hooks are detached, and the remaining events are being written";
        }

        return !_attached || reader.LastTurn == 0 || loop.LastTurn == 0
            ? "starting: not all hooks are attached yet"
            : WhyNotAlive();
    }

    /// <summary>Returns "ok", followed by the parts that fail while the rest works: restarting the agent for these would interrupt what works.</summary>
    public string Summary() => string.Concat(faults.All.Where(part => part.Why is not null).Select(part => $"\n{part.Part} is failing: {part.Why}").Prepend("ok"));

    private static string? Standing(string loop, long lastTurn)
    {
        var stood = Environment.TickCount64 - lastTurn;
        return lastTurn == 0 || stood < Bound.TotalMilliseconds ? null : $"{loop} has made no progress for {stood / 1000} s; check the log, CPU throttling and the disk of --record";
    }
}
