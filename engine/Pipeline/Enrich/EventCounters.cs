using NetMon.Events;

namespace NetMon.Pipeline.Enrich;

/// <summary>The number of events by type, and by result or close reason. One thread writes, any thread may read.</summary>
public sealed class EventCounters
{
    private readonly long[] _connects = new long[Enum.GetValues<ConnectResult>().Length];
    private readonly long[] _closes = new long[Enum.GetValues<CloseReason>().Length];
    private long _accepts;
    private long _flows;

    /// <summary>Inbound connections.</summary>
    public long Accepts => Volatile.Read(ref _accepts);

    /// <summary>Periodic reports of open connections.</summary>
    public long Flows => Volatile.Read(ref _flows);

    /// <summary>Returns the number of connection attempts with a result.</summary>
    public long Connects(ConnectResult result) => Volatile.Read(ref _connects[(int)result]);

    /// <summary>Returns the number of connections closed for a reason. Unknown reasons count as <see cref="CloseReason.Error"/>.</summary>
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
