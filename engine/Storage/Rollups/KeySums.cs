using NetMon.Events;

namespace NetMon.Storage.Rollups;

/// <summary>The sums of a key while its events are added, in 48 bytes: sized for the events of one hour.</summary>
internal struct KeySums
{
    public long BytesSent;
    public long BytesReceived;
    public long Retransmits;
    private uint _attempts;
    private uint _accepts;
    private uint _closed;
    private uint _first; // microseconds since the hour's start
    private uint _last;

    /// <summary>Sums of no events.</summary>
    public static KeySums Empty => new() { _first = uint.MaxValue };

    /// <summary>Counts an event.</summary>
    /// <param name="kind">Its type.</param>
    /// <param name="time">Its time, in microseconds since the hour's start.</param>
    public void Count(RecordKind kind, uint time)
    {
        _attempts += kind == RecordKind.Connect ? 1u : 0;
        _accepts += kind == RecordKind.Accept ? 1u : 0;
        _closed += kind == RecordKind.Close ? 1u : 0;
        (_first, _last) = (Math.Min(_first, time), Math.Max(_last, time));
    }

    /// <summary>Converts the sums to those of a roll-up's row.</summary>
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
