namespace NetMon.LiveTests.Support;

/// <summary>A network namespace of a test's own and an agent that traces it: its events alone, as far as the test has come.</summary>
internal sealed class TracedNamespace : IDisposable
{
    private const string UnusedPort = "9";
    private readonly Scratch _scratch = new();
    private readonly HashSet<long> _markers = [];
    private readonly List<SeenEvent> _events = [];
    private readonly long _id;
    private EventTail? _tail;

    /// <param name="start">Whether the agent is started at once; else by <see cref="StartAgent"/>.</param>
    /// <param name="options">Of the agent, besides where its lines go.</param>
    public TracedNamespace(bool start, params string[] options)
    {
        Needs.Tracing();
        Needs.Program("ip");
        Options = options;
        Space = new NetworkNamespace();
        _id = Space.Id;
        if (start)
        {
            StartAgent();
        }
    }

    public NetworkNamespace Space { get; }

    public AgentProcess Agent { get; private set; } = null!;

    private string[] Options { get; }

    private string Lines => _scratch["events.json"];

    public void StartAgent() => Agent = AgentProcess.Start(["--json", Lines, .. Options]);

    /// <summary>A path for a file of the test's own.</summary>
    public string File(string name) => _scratch[name];

    /// <summary>All events of before this call. It connects to a port where nobody listens, and waits for that event.</summary>
    public IReadOnlyList<SeenEvent> EventsSoFar()
    {
        var log = File($"marker-{_markers.Count}.tsv");
        Space.Run(Repository.Load, "connect", "127.0.0.1", UnusedPort, "--name", "marker", "--log", log).MustSucceed();
        var marker = TruthLog.Read(log)[0].Pid;
        _markers.Add(marker);
        WaitFor.True(() => Printed().Exists(e => e.Pid == marker), "the marker's event");
        return Own(_events);
    }

    /// <summary>Waits until an event of the namespace has been printed that is as wanted; all that have been.</summary>
    public IReadOnlyList<SeenEvent> WaitForEvent(Func<SeenEvent, bool> isWanted, string what)
    {
        WaitFor.True(() => Own(Printed()).Any(isWanted), what);
        return Own(_events);
    }

    /// <summary>Stops the agent; all events.</summary>
    public IReadOnlyList<SeenEvent> EventsAtEnd()
    {
        Agent.Stop();
        return Own(SeenEvent.Read(Lines));
    }

    /// <summary>Stops the agent; the events of all namespaces.</summary>
    public IReadOnlyList<SeenEvent> EventsOfAllNamespaces()
    {
        Agent.Stop();
        return [.. SeenEvent.Read(Lines)];
    }

    public void Dispose()
    {
        Agent?.Dispose();
        _tail?.Dispose();
        Space.Dispose();
        _scratch.Dispose();
    }

    private List<SeenEvent> Printed()
    {
        _tail ??= new EventTail(Lines);
        _events.AddRange(_tail.ReadNew());
        return _events;
    }

    private IReadOnlyList<SeenEvent> Own(IEnumerable<SeenEvent> events) => [.. events.Where(e => e.NetworkNamespace == _id && !_markers.Contains(e.Pid))];
}
