using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>The facts of a row group's rows, and which rows have a value by each rule that a column goes by. Reused from row group to row group. One thread.</summary>
/// <param name="capacity">The most rows.</param>
internal sealed class RowGroupFacts(int capacity)
{
    private readonly EventFacts[] _facts = new EventFacts[capacity];
    private readonly int[] _everyRow = [.. Enumerable.Range(0, capacity)];
    private readonly Dictionary<ColumnRows, Presence> _presences = EventColumns.All.Select(column => column.Rows).Distinct()
        .Where(rows => rows != ColumnRows.All && rows != ColumnRows.InContainer).ToDictionary(rows => rows, _ => new Presence());

    private int _rows;

    /// <summary>A row's facts.</summary>
    public ref readonly EventFacts this[int row] => ref _facts[row];

    /// <summary>Takes the facts of new rows.</summary>
    /// <exception cref="IOException">They can't be read.</exception>
    public void Settle(SortedRows rows)
    {
        _rows = rows.Count;
        Read<RecordKind>(rows, EventFields.Kind, static (facts, kind) => facts with { Kind = kind });
        Read<Direction>(rows, EventFields.Direction, static (facts, direction) => facts with { Direction = direction });
        Read<CloseReason>(rows, EventFields.CloseReason, static (facts, reason) => facts with { RecordedReason = reason });
        Read<RecordFlags>(rows, EventFields.Flags, static (facts, flags) => facts with { Flags = flags });
        Read<uint>(rows, EventFields.Error, static (facts, error) => facts with { Error = error });
        Read<ulong>(rows, EventFields.ConnectionId, static (facts, id) => facts with { HasConnectionId = id != 0 });
        Read<ulong>(rows, EventFields.Latency, static (facts, latency) => facts with { HasLatency = latency != 0 });
        foreach (var (rule, presence) in _presences)
        {
            var present = presence.Next(_rows);
            for (var row = 0; row < _rows; row++)
            {
                present[row] = rule.Has(in _facts[row]) ? 1u : 0;
            }

            presence.Settle(_rows);
        }
    }

    /// <summary>The rows that have a value, in their order.</summary>
    public ReadOnlySpan<int> RowsOf(ColumnRows rule) => PresenceOf(rule) is { } presence ? presence.Rows : _everyRow.AsSpan(0, _rows);

    /// <summary>Which rows have a value; null: all.</summary>
    public Presence? PresenceOf(ColumnRows rule) => rule == ColumnRows.All ? null : _presences[rule];

    private void Read<T>(SortedRows rows, EventField field, Func<EventFacts, T, EventFacts> with)
        where T : unmanaged
    {
        var values = rows.Read<T>(field);
        for (var row = 0; row < values.Length; row++)
        {
            _facts[row] = with(_facts[row], values[row]);
        }
    }
}
