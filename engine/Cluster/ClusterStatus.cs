using System.Text;

namespace NetMon.Cluster;

/// <summary>How the watches are doing, as <c>netmon-kubernetes</c> last said, and what was left out on the way. Written by one loop, read by any thread.</summary>
public sealed class ClusterStatus
{
    private readonly KindStatus[] _kinds = [new(ClusterKind.Services), new(ClusterKind.Slices), new(ClusterKind.Nodes)];
    private long _malformed;
    private long _leftOut;
    private Action<string?> _changed = _ => { };
    private string? _reported;

    /// <summary>One for each kind.</summary>
    public IReadOnlyList<KindStatus> Kinds => _kinds;

    /// <summary>Lines that could not be understood, since the start.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>Objects that were left out because of such lines.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    /// <summary>Why a kind is away; null if none is.</summary>
    public string? Why => _kinds.FirstOrDefault(kind => kind.Phase == WatchPhase.Away && kind.Why.Length > 0) is { } away ? $"{FactProtocol.WordOf(away.Kind)}: {away.Why}" : null;

    /// <summary>Sets what is called whenever <see cref="Why"/> has changed, on the thread that reads.</summary>
    public void OnChanged(Action<string?> changed) => _changed = changed;

    /// <summary>The watching process has ended: all kinds are away until the next says otherwise.</summary>
    public void Lost(string why)
    {
        foreach (var kind in _kinds)
        {
            kind.Lost(why);
        }

        Report();
    }

    internal void CountMalformed() => Interlocked.Increment(ref _malformed);

    internal void CountLeftOut() => Interlocked.Increment(ref _leftOut);

    internal bool TryTakeState(ClusterKind kind, ref LineWords words)
    {
        var understood = _kinds[(int)kind].TryTake(ref words);
        Report();
        return understood;
    }

    internal void TakeWhy(ClusterKind kind, ReadOnlySpan<byte> text)
    {
        _kinds[(int)kind].Is(Encoding.ASCII.GetString(text));
        Report();
    }

    private void Report()
    {
        var why = Why;
        if (why != _reported)
        {
            _reported = why;
            _changed(why);
        }
    }
}
