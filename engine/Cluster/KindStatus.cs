using System.Diagnostics;

namespace NetMon.Cluster;

/// <summary>How the watch of one kind is doing. The counters go on when the watching process is started anew. Written by one loop, read by any thread.</summary>
public sealed class KindStatus(ClusterKind kind)
{
    private const int CounterCount = 5;
    private readonly long[] _base = new long[CounterCount]; // of processes that have ended
    private readonly long[] _counters = new long[CounterCount];
    private volatile int _phase = (int)WatchPhase.Listing;
    private volatile string _why = "";
    private long _heard = Stopwatch.GetTimestamp();

    /// <summary>The kind.</summary>
    public ClusterKind Kind => kind;

    /// <summary>What the watch does.</summary>
    public WatchPhase Phase => (WatchPhase)_phase;

    /// <summary>Why it is away.</summary>
    public string Why => _why;

    /// <summary>How long it is that the API server sent anything about this kind.</summary>
    public TimeSpan SinceHeard => Stopwatch.GetElapsedTime(Interlocked.Read(ref _heard));

    /// <summary>Requests sent.</summary>
    public long Requests => Total(0);

    /// <summary>Times that everything was listed again because the server had forgotten the version.</summary>
    public long Relists => Total(1);

    /// <summary>Failures: of connections, refusals, malformed answers.</summary>
    public long Errors => Total(2);

    /// <summary>Objects that were too large or malformed.</summary>
    public long LeftOut => Total(3);

    /// <summary>Bytes of JSON received.</summary>
    public long Bytes => Total(4);

    internal void Is(string why) => _why = why;

    internal void Lost(string why)
    {
        (_why, _phase) = (why, (int)WatchPhase.Away);
        for (var index = 0; index < CounterCount; index++)
        {
            Interlocked.Add(ref _base[index], Interlocked.Exchange(ref _counters[index], 0));
        }
    }

    internal bool TryTake(ref LineWords words)
    {
        Span<long> numbers = stackalloc long[1 + CounterCount];
        var phase = FactProtocol.PhaseOf(words.Next());
        foreach (ref var number in numbers)
        {
            number = words.Number() ?? -1;
        }

        if (phase is not { } known || numbers.Contains(-1) || !words.IsOver)
        {
            return false;
        }

        Interlocked.Exchange(ref _heard, Stopwatch.GetTimestamp() - Math.Min(numbers[0], 86400) * Stopwatch.Frequency);
        for (var index = 0; index < CounterCount; index++)
        {
            Interlocked.Exchange(ref _counters[index], numbers[1 + index]);
        }

        if (known != WatchPhase.Away)
        {
            _why = "";
        }

        _phase = (int)known;
        return true;
    }

    private long Total(int index) => Interlocked.Read(ref _base[index]) + Interlocked.Read(ref _counters[index]);
}
