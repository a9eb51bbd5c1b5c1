using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>The facts of a row group's rows, and which rows have a value by each rule that a column goes by. Reused from row group to row group. One thread.</summary>
/// <param name="capacity">The most rows.</param>
internal sealed class RowGroupFacts(int capacity)
{
    private readonly EventFacts[] _facts = new EventFacts[capacity];
    private readonly RecordKind[] _kinds = new RecordKind[capacity];
    private readonly Direction[] _directions = new Direction[capacity];
    private readonly CloseReason[] _reasons = new CloseReason[capacity];
    private readonly RecordFlags[] _flags = new RecordFlags[capacity];
    private readonly uint[] _errors = new uint[capacity];
    private readonly bool[] _hasId = new bool[capacity];
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
        rows.Read<RecordKind>(EventFields.Kind).CopyTo(_kinds);
        rows.Read<Direction>(EventFields.Direction).CopyTo(_directions);
        rows.Read<CloseReason>(EventFields.CloseReason).CopyTo(_reasons);
        rows.Read<RecordFlags>(EventFields.Flags).CopyTo(_flags);
        rows.Read<uint>(EventFields.Error).CopyTo(_errors);
        var ids = rows.Read<ulong>(EventFields.ConnectionId);
        for (var row = 0; row < ids.Length; row++)
        {
            _hasId[row] = ids[row] != 0;
        }

        var latencies = rows.Read<ulong>(EventFields.Latency);
        for (var row = 0; row < latencies.Length; row++)
        {
            _facts[row] = new EventFacts(_kinds[row], _directions[row], _reasons[row], _flags[row], _errors[row], _hasId[row], latencies[row] != 0);
        }

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
}
