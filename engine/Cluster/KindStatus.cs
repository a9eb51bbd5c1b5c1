using System.Diagnostics;

namespace NetMon.Cluster;

/// <summary>The status of the watch of one kind. Counters continue across restarts of the watching process. One thread writes, any thread may read.</summary>
public sealed class KindStatus(ClusterKind kind)
{
    private const int CounterCount = 5;
    private readonly long[] _base = new long[CounterCount]; // of earlier processes
    private readonly long[] _counters = new long[CounterCount];
    private volatile int _phase = (int)WatchPhase.Listing;
    private volatile string _why = "";
    private long _heard = Stopwatch.GetTimestamp();

    /// <summary>The kind.</summary>
    public ClusterKind Kind => kind;

    /// <summary>The state of the watch.</summary>
    public WatchPhase Phase => (WatchPhase)_phase;

    /// <summary>Why it is interrupted.</summary>
    public string Why => _why;

    /// <summary>The time since the API server last sent anything for this kind.</summary>
    public TimeSpan SinceHeard => Stopwatch.GetElapsedTime(Interlocked.Read(ref _heard));

    /// <summary>Requests sent.</summary>
    public long Requests => Total(0);

    /// <summary>The number of times that all objects were listed again because the server no longer had the version.</summary>
    public long Relists => Total(1);

    /// <summary>The number of failed connections, rejected requests and malformed answers.</summary>
    public long Errors => Total(2);

    /// <summary>The number of objects left out because they were too large or malformed.</summary>
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
