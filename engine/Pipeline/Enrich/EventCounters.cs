using NetMon.Events;

namespace NetMon.Pipeline.Enrich;

/// <summary>How many events there were of each type, and of each result or reason. One thread adds, any may read.</summary>
public sealed class EventCounters
{
    private readonly long[] _connects = new long[Enum.GetValues<ConnectResult>().Length];
    private readonly long[] _closes = new long[Enum.GetValues<CloseReason>().Length];
    private long _accepts;
    private long _flows;

    /// <summary>Inbound connections.</summary>
    public long Accepts => Volatile.Read(ref _accepts);

    /// <summary>Totals of connections that were still open.</summary>
    public long Flows => Volatile.Read(ref _flows);

    /// <summary>Attempts that turned out so.</summary>
    public long Connects(ConnectResult result) => Volatile.Read(ref _connects[(int)result]);

    /// <summary>Connections that ended so; what has no reason that this build knows is with <see cref="CloseReason.Error"/>.</summary>
    public long Closes(CloseReason reason) => Volatile.Read(ref _closes[(int)reason]);

    internal void Count(in ConnectionEvent e)
    {
        switch (e.Record.Kind)
        {
            case RecordKind.Connect:
                _connects[(int)e.Facts.Result]++;
                break;
            case RecordKind.Accept:
                _accepts++;
                break;
            case RecordKind.Flow:
                _flows++;
                break;
            default:
                _closes[(int)e.Facts.Reason]++;
                break;
        }
    }
}
