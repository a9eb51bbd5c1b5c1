using NetMon.Events;

namespace NetMon.Storage.Rollups;

/// <summary>The sums of a key while its events are summed up, in as little memory as holds an hour's: 48 bytes.</summary>
internal struct KeySums
{
    public long BytesSent;
    public long BytesReceived;
    public long Retransmits;
    private uint _attempts;
    private uint _accepts;
    private uint _closed;
    private uint _first; // microseconds from the hour's beginning
    private uint _last;

    /// <summary>Of no events.</summary>
    public static KeySums Empty => new() { _first = uint.MaxValue };

    /// <summary>Counts an event.</summary>
    /// <param name="kind">Its type.</param>
    /// <param name="time">When it was, microseconds from the hour's beginning.</param>
    public void Count(RecordKind kind, uint time)
    {
        _attempts += kind == RecordKind.Connect ? 1u : 0;
        _accepts += kind == RecordKind.Accept ? 1u : 0;
        _closed += kind == RecordKind.Close ? 1u : 0;
        (_first, _last) = (Math.Min(_first, time), Math.Max(_last, time));
    }

    /// <summary>As a row of a roll-up has them.</summary>
    /// <param name="hourStart">Unix microseconds.</param>
    public readonly RollupSums ToRollup(long hourStart) => new()
    {
        Attempts = _attempts,
        Accepts = _accepts,
        Closed = _closed,
        BytesSent = BytesSent,
        BytesReceived = BytesReceived,
        Retransmits = Retransmits,
        First = hourStart + _first,
        Last = hourStart + _last,
    };
}
