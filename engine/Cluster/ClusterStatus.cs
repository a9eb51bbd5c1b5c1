using System.Text;

namespace NetMon.Cluster;

/// <summary>The state of the watches as last reported by <c>netmon-kubernetes</c>, and counts of malformed input. One thread writes, any thread may read.</summary>
public sealed class ClusterStatus
{
    private readonly KindStatus[] _kinds = [new(ClusterKind.Services), new(ClusterKind.Slices), new(ClusterKind.Nodes)];
    private long _malformed;
    private long _leftOut;
    private Action<string?> _changed = _ => { };
    private string? _reported;

    /// <summary>The status of each kind.</summary>
    public IReadOnlyList<KindStatus> Kinds => _kinds;

    /// <summary>The number of malformed lines since the start.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>The number of objects that were left out because of such lines.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    /// <summary>Why a watch is interrupted; null if none is.</summary>
    public string? Why => _kinds.FirstOrDefault(kind => kind.Phase == WatchPhase.Away && kind.Why.Length > 0) is { } away ? $"{FactProtocol.WordOf(away.Kind)}: {away.Why}" : null;

    /// <summary>Sets a callback for changes of <see cref="Why"/>, called on the reading thread.</summary>
    public void OnChanged(Action<string?> changed) => _changed = changed;

    /// <summary>Records that the watching process has ended: all watches are interrupted until the next one reports.</summary>
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
