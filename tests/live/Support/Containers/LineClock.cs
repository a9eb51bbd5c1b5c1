namespace NetMon.LiveTests.Support.Containers;

/// <summary>Reads an agent's stdout to its end and records when each line arrived.</summary>
internal sealed class LineClock
{
    private readonly List<(string Line, DateTime Arrival)> _lines = [];
    private readonly Task _reading;
    private int _count;

    public LineClock(AgentProcess agent) => _reading = Task.Factory.StartNew(() => Read(agent.StandardOutput), TaskCreationOptions.LongRunning);

    /// <summary>Lines so far.</summary>
    public int Lines => Volatile.Read(ref _count);

    /// <summary>
    /// All events, each with the milliseconds from its timestamp to its arrival here. Call it after the agent has exited.
    /// </summary>
    public IReadOnlyList<(SeenEvent Event, double Milliseconds)> ToEnd()
    {
        _reading.Wait();
        return [.. _lines.Select(line => SeenEvent.Parse(line.Line) is var e ? (e, (line.Arrival - e.Time).TotalMilliseconds) : default)];
    }

    private void Read(StreamReader output)
    {
        while (output.ReadLine() is { } line)
        {
            _lines.Add((line, DateTime.UtcNow));
            Volatile.Write(ref _count, _lines.Count);
        }
    }
}
