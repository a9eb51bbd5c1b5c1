using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>
/// The facts of a row group's rows, and which rows have a value by each column's rule. Thousands of rows share the same facts, so that
/// rules and words are evaluated once per distinct value. Reused across row groups. Not thread-safe.
/// </summary>
/// <param name="capacity">The maximum number of rows.</param>
internal sealed class RowGroupFacts(int capacity)
{
    // The bits of a row's facts encoded as a number, from the lowest.
    private const int LatencyAt = 0;
    private const int IdAt = LatencyAt + 1;
    private const int KindAt = IdAt + 1;
    private const int KindBits = 4;
    private const int DirectionAt = KindAt + KindBits;
    private const int ReasonAt = DirectionAt + 8;
    private const int FlagsAt = ReasonAt + 8;
    private const int ErrorAt = FlagsAt + 8;

    private readonly ulong[] _keys = new ulong[capacity];
    private readonly uint[] _factsOf = new uint[capacity];
    private readonly uint[] _present = new uint[capacity];
    private readonly int[] _everyRow = [.. Enumerable.Range(0, capacity)];
    private readonly DistinctValues<ulong> _distinct = new();
    private readonly List<EventFacts> _facts = [];
    private readonly Dictionary<ColumnRows, Presence> _presences = EventColumns.All.Select(column => column.Rows).Distinct()
        .Where(rows => rows != ColumnRows.All && !rows.IsOfIdentity).ToDictionary(rows => rows, _ => new Presence());

    private uint[] _values = [];
    private int _rows;

    /// <summary>Reads the facts of new rows.</summary>
    /// <exception cref="IOException">The rows can't be read.</exception>
    public void Settle(SortedRows rows)
    {
        _rows = rows.Count;
        _keys.AsSpan(0, _rows).Clear();
        Add(rows.Read<byte>(EventFields.Kind), KindAt);
        Add(rows.Read<byte>(EventFields.Direction), DirectionAt);
        Add(rows.Read<byte>(EventFields.CloseReason), ReasonAt);
        Add(rows.Read<byte>(EventFields.Flags), FlagsAt);
        var errors = rows.Read<uint>(EventFields.Error);
        for (var row = 0; row < errors.Length; row++)
        {
            _keys[row] |= (ulong)errors[row] << ErrorAt;
        }

        AddWhereNotZero(rows.Read<ulong>(EventFields.ConnectionId), IdAt);
        AddWhereNotZero(rows.Read<ulong>(EventFields.Latency), LatencyAt);
        _distinct.Clear();
        _distinct.TryIndex(_keys.AsSpan(0, _rows), _factsOf, most: int.MaxValue);
        _facts.Clear();
        foreach (var key in _distinct.Values)
        {
            _facts.Add(FactsOf(key));
        }

        foreach (var (rule, presence) in _presences)
        {
            ForEach(facts => rule.Has(in facts) ? 1u : 0, _present);
            presence.Settle(_present.AsSpan(0, _rows));
        }
    }

    /// <summary>The rows that have a value, in order.</summary>
    public ReadOnlySpan<int> RowsOf(ColumnRows rule) => PresenceOf(rule) is { } presence ? presence.Rows : _everyRow.AsSpan(0, _rows);

    /// <summary>Which rows have a value; null: all.</summary>
    public Presence? PresenceOf(ColumnRows rule) => rule == ColumnRows.All ? null : _presences[rule];

    /// <summary>Computes a value from the facts of rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="value">Computes the value; called once per distinct facts.</param>
    /// <param name="values">Receives a value for each row.</param>
    public void ForEach(ReadOnlySpan<int> rows, Func<EventFacts, int> value, Span<int> values)
    {
        var ofFacts = Values(facts => (uint)value(facts));
        for (var n = 0; n < rows.Length; n++)
        {
            values[n] = (int)ofFacts[(int)_factsOf[rows[n]]];
        }
    }

    private void ForEach(Func<EventFacts, uint> value, uint[] values)
    {
        var ofFacts = Values(value);
        for (var row = 0; row < _rows; row++)
        {
            values[row] = ofFacts[(int)_factsOf[row]];
        }
    }

    private ReadOnlySpan<uint> Values(Func<EventFacts, uint> value)
    {
        if (_values.Length < _facts.Count)
        {
            _values = new uint[2 * _facts.Count];
        }

        for (var n = 0; n < _facts.Count; n++)
        {
            _values[n] = value(_facts[n]);
        }

        return _values.AsSpan(0, _facts.Count);
    }

    private void Add(ReadOnlySpan<byte> values, int at)
    {
        for (var row = 0; row < values.Length; row++)
        {
            _keys[row] |= (ulong)values[row] << at;
        }
    }

    private void AddWhereNotZero(ReadOnlySpan<ulong> values, int at)
    {
        for (var row = 0; row < values.Length; row++)
        {
            _keys[row] |= values[row] != 0 ? 1ul << at : 0;
        }
    }

    private static EventFacts FactsOf(ulong key) => new(
        (RecordKind)((key >> KindAt) & ((1 << KindBits) - 1)),
        (Direction)(byte)(key >> DirectionAt),
        (CloseReason)(byte)(key >> ReasonAt),
        (RecordFlags)(byte)(key >> FlagsAt),
        (uint)(key >> ErrorAt),
        (key & (1ul << IdAt)) != 0,
        (key & (1ul << LatencyAt)) != 0);
}
