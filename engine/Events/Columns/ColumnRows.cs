namespace NetMon.Events.Columns;

/// <summary>Determines which events have a value in a column. In others it is null, and the JSON line lacks the key. Immutable.</summary>
public sealed class ColumnRows
{
    private static readonly RecordKind[] AnyKind = [RecordKind.Connect, RecordKind.Accept, RecordKind.Close, RecordKind.Flow];

    public static readonly ColumnRows All = new("all", null, AnyKind);
    public static readonly ColumnRows Connect = new("CONNECT", null, RecordKind.Connect);
    public static readonly ColumnRows FailedConnect = new("failed CONNECT", facts => facts.HasErrno, RecordKind.Connect);
    public static readonly ColumnRows Close = new("CLOSE", null, RecordKind.Close);
    public static readonly ColumnRows Traffic = new("CLOSE, FLOW", null, RecordKind.Close, RecordKind.Flow);
    public static readonly ColumnRows KnownLatency = new("CONNECT; others where it is known", facts => facts.IsLatencyKnown, AnyKind);
    public static readonly ColumnRows Identified = new("all that have one", facts => facts.HasConnectionId, AnyKind);
    public static readonly ColumnRows IdentifiedTraffic = new("CLOSE, FLOW", facts => facts.HasConnectionId, RecordKind.Close, RecordKind.Flow);
    public static readonly ColumnRows InexactOwner = new("an owner that is not exact", facts => (facts.Flags & (RecordFlags.OwnerInferred | RecordFlags.OwnerUnknown)) != 0, AnyKind);
    public static readonly ColumnRows Older = new("older connections", facts => (facts.Flags & RecordFlags.Older) != 0, AnyKind);
    public static readonly ColumnRows Dialed = new("dialed elsewhere", facts => (facts.Flags & RecordFlags.Dialed) != 0, AnyKind);

    /// <summary>Determined by the container, not by the event.</summary>
    public static readonly ColumnRows InContainer = new("in a container", null);

    /// <summary>Determined by the peer, not by the event.</summary>
    public static readonly ColumnRows KnownPeer = new("a peer that is known", null);

    private readonly uint _kinds;
    private readonly Func<EventFacts, bool>? _condition;

    private ColumnRows(string label, Func<EventFacts, bool>? condition, params ReadOnlySpan<RecordKind> kinds)
    {
        (Label, _condition) = (label, condition);
        foreach (var kind in kinds)
        {
            _kinds |= Bit(kind);
        }
    }

    /// <summary>The description in the documentation.</summary>
    public string Label { get; }

    /// <summary>Whether events of this kind may have a value.</summary>
    public bool MayHave(RecordKind kind) => (_kinds & Bit(kind)) != 0;

    /// <summary>Whether the event's container or peer, rather than the event itself, determines it.</summary>
    public bool IsOfIdentity => _kinds == 0;

    /// <summary>Whether it depends on more than the kind.</summary>
    public bool HasCondition => _condition is not null;

    /// <summary>Whether an event has a value.</summary>
    public bool Has(in EventFacts facts) => MayHave(facts.Kind) && (_condition is null || _condition(facts));

    private static uint Bit(RecordKind kind) => 1u << (int)kind;
}
