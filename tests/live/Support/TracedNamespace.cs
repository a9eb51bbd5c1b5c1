namespace NetMon.LiveTests.Support;

/// <summary>A test's own network namespace with an agent that traces it: returns only the events of this namespace, up to now.</summary>
internal sealed class TracedNamespace : IDisposable
{
    private const string UnusedPort = "9";
    private readonly Scratch _scratch = new();
    private readonly HashSet<long> _markers = [];
    private readonly List<SeenEvent> _events = [];
    private readonly long _id;
    private EventTail? _tail;

    /// <param name="start">Whether to start the agent at once; otherwise <see cref="StartAgent"/> does.</param>
    /// <param name="options">Arguments of the agent, in addition to its output file.</param>
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

    /// <summary>A path for a file of the test.</summary>
    public string File(string name) => _scratch[name];

    /// <summary>All events before this call. Connects to a port without a listener, and waits for that event.</summary>
    public IReadOnlyList<SeenEvent> EventsSoFar()
    {
        var log = File($"marker-{_markers.Count}.tsv");
        Space.Run(Repository.Load, "connect", "127.0.0.1", UnusedPort, "--name", "marker", "--log", log).MustSucceed();
        var marker = TruthLog.Read(log)[0].Pid;
        _markers.Add(marker);
        WaitFor.True(() => Printed().Exists(e => e.Pid == marker), "the marker's event");
        return Own(_events);
    }

    /// <summary>Waits until a matching event of the namespace is printed; returns all printed events.</summary>
    public IReadOnlyList<SeenEvent> WaitForEvent(Func<SeenEvent, bool> isWanted, string what)
    {
        WaitFor.True(() => Own(Printed()).Any(isWanted), what);
        return Own(_events);
    }

    /// <summary>Stops the agent; returns all events of the namespace.</summary>
    public IReadOnlyList<SeenEvent> EventsAtEnd()
    {
        Agent.Stop();
        return Own(SeenEvent.Read(Lines));
    }

    /// <summary>Stops the agent; returns the events of all namespaces.</summary>
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
