using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Groups the rows of a row group by several columns, one after the other, so that only one of them is in memory at a time. Groups are
/// numbered in the order of their values, the first column's first. Keeps its memory from row group to row group. One thread.
/// </summary>
internal sealed class RowGrouping
{
    private readonly DistinctValues<long> _distinct = new();
    private readonly List<(uint[] Parents, uint[] Values)> _levels = [];
    private uint[] _groups = [];
    private uint[] _indices = [];
    private uint[] _numbers = [];
    private long[] _keys = [];
    private int _rows;

    /// <summary>How many groups there are.</summary>
    public int Count { get; private set; }

    /// <summary>Each row's group.</summary>
    public ReadOnlySpan<uint> Groups => _groups.AsSpan(0, _rows);

    /// <summary>Begins with all rows in one group.</summary>
    public void Begin(int rows)
    {
        if (_groups.Length < rows)
        {
            (_groups, _indices, _keys) = (new uint[rows], new uint[rows], new long[rows]);
        }

        (_rows, Count) = (rows, 1);
        _groups.AsSpan(0, rows).Clear();
        _levels.Clear();
    }

    /// <summary>Divides the groups by another column.</summary>
    /// <param name="values">Each row's value, at most 2^31 - 1.</param>
    public void Divide(ReadOnlySpan<uint> values)
    {
        for (var row = 0; row < _rows; row++)
        {
            _keys[row] = ((long)_groups[row] << 32) | values[row];
        }

        _distinct.Clear();
        _distinct.TryIndex(_keys.AsSpan(0, _rows), _indices, most: int.MaxValue);
        Count = _distinct.Count;
        var (parents, parts) = (new uint[Count], new uint[Count]);
        Number(parents, parts);
        for (var row = 0; row < _rows; row++)
        {
            _groups[row] = _numbers[_indices[row]];
        }

        _levels.Add((parents, parts));
    }

    /// <summary>The values of a group, one for each column that the rows were divided by.</summary>
    public void Values(int group, Span<uint> values)
    {
        var at = (uint)group;
        for (var level = _levels.Count - 1; level >= 0; level--)
        {
            values[level] = _levels[level].Values[at];
            at = _levels[level].Parents[at];
        }
    }

    /// <summary>Numbers the different keys in their order.</summary>
    private void Number(uint[] parents, uint[] values)
    {
        if (_numbers.Length < Count)
        {
            _numbers = new uint[Math.Max(Count, 2 * _numbers.Length)];
        }

        var sorted = _distinct.Values.ToArray();
        var order = new uint[Count];
        for (var n = 0u; n < order.Length; n++)
        {
            order[n] = n;
        }

        sorted.AsSpan().Sort(order.AsSpan());
        for (var n = 0; n < sorted.Length; n++)
        {
            (parents[n], values[n]) = ((uint)(sorted[n] >> 32), (uint)sorted[n]);
            _numbers[order[n]] = (uint)n;
        }
    }
}
