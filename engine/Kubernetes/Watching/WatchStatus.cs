using System.Diagnostics;
using NetMon.Cluster;

namespace NetMon.Kubernetes.Watching;

/// <summary>The status of the watch of one kind. Written by the watch, read by any thread.</summary>
internal sealed class WatchStatus
{
    private long _heard = Stopwatch.GetTimestamp();
    private long _requests;
    private long _relists;
    private long _errors;
    private long _leftOut;
    private long _bytes;
    private volatile string _why = "";
    private volatile int _phase;

    /// <summary>Its state.</summary>
    public WatchPhase Phase => (WatchPhase)_phase;

    /// <summary>Why it is interrupted; empty if it is not.</summary>
    public string Why => _why;

    /// <summary>Counts a request.</summary>
    public void CountRequest() => Interlocked.Increment(ref _requests);

    /// <summary>Counts a repeated list of all objects.</summary>
    public void CountRelist() => Interlocked.Increment(ref _relists);

    /// <summary>Counts an object that was too large or malformed.</summary>
    public void CountLeftOut() => Interlocked.Increment(ref _leftOut);

    /// <summary>Counts received bytes, after decompression.</summary>
    public void Heard(long bytes)
    {
        Interlocked.Exchange(ref _heard, Stopwatch.GetTimestamp());
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Records that it lists or watches.</summary>
    public void Is(WatchPhase phase) => (_why, _phase) = ("", (int)phase);

    /// <summary>Records a failure.</summary>
    public void Failed(string why)
    {
        Interlocked.Increment(ref _errors);
        (_why, _phase) = (why, (int)WatchPhase.Away);
    }

    /// <summary>Writes the lines that report the status.</summary>
    public void Write(ClusterKind kind, FactWriter lines)
    {
        var word = FactProtocol.WordOf(kind);
        lines.Line(FactProtocol.State).Word(word).Word(FactProtocol.WordOf(Phase)).Number((long)Stopwatch.GetElapsedTime(Interlocked.Read(ref _heard)).TotalSeconds)
            .Number(Interlocked.Read(ref _requests)).Number(Interlocked.Read(ref _relists)).Number(Interlocked.Read(ref _errors))
            .Number(Interlocked.Read(ref _leftOut)).Number(Interlocked.Read(ref _bytes)).Over();
        if (_why is { Length: > 0 } why)
        {
            lines.Line(FactProtocol.Why).Word(word).Word(new string([.. why.Take(400).Select(letter => letter is >= ' ' and < '\x7f' ? letter : '?')])).Over();
        }
    }
}
