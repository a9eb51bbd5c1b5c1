using System.Numerics;
using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Groups the rows of a row group by several columns, one after the other, so that only one of them is in memory at a time: their values
/// are packed side by side into 63 bits, and what is packed becomes the number of a group when the next column does not fit. Groups are
/// numbered in the order of their values, the first column's first. Keeps its memory from row group to row group. One thread.
/// </summary>
internal sealed class RowGrouping
{
    private const int MostBits = 63;

    private readonly DistinctValues<long> _distinct = new();
    private readonly List<GroupedColumns> _packs = [];
    private GroupedColumns _pack = new([]);
    private int _bits;
    private long[] _packed = [];
    private uint[] _groups = [];
    private uint[] _numbers = [];
    private int _rows;

    /// <summary>How many groups there are, after <see cref="End"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Each row's group, after <see cref="End"/>.</summary>
    public ReadOnlySpan<uint> Groups => _groups.AsSpan(0, _rows);

    /// <summary>Begins with all rows in one group.</summary>
    public void Begin(int rows)
    {
        if (_groups.Length < rows)
        {
            (_groups, _packed) = (new uint[rows], new long[rows]);
        }

        (_rows, _bits, Count) = (rows, 0, 1);
        _packed.AsSpan(0, rows).Clear();
        _packs.Clear();
        _pack = new GroupedColumns([]);
    }

    /// <summary>Divides the groups by another column.</summary>
    /// <param name="values">Each row's value.</param>
    /// <param name="most">The greatest of them or more.</param>
    public void Divide(ReadOnlySpan<uint> values, uint most)
    {
        var width = 32 - BitOperations.LeadingZeroCount(most);
        if (_bits + width > MostBits)
        {
            Number();
            for (var row = 0; row < _rows; row++)
            {
                _packed[row] = _groups[row];
            }

            _bits = 32 - BitOperations.LeadingZeroCount((uint)Count);
        }

        for (var row = 0; row < _rows; row++)
        {
            _packed[row] = (_packed[row] << width) | values[row];
        }

        _bits += width;
        _pack.Widths.Add(width);
    }

    /// <summary>Numbers the groups.</summary>
    public void End() => Number();

    /// <summary>The values of a group, one for each column that the rows were divided by.</summary>
    public void Values(int group, Span<uint> values)
    {
        var column = values.Length;
        for (var n = _packs.Count - 1; n >= 0; n--)
        {
            var packed = _packs[n].Packed[group];
            for (var width = _packs[n].Widths.Count - 1; width >= 0; width--)
            {
                var bits = _packs[n].Widths[width];
                values[--column] = (uint)(packed & ((1L << bits) - 1));
                packed >>= bits;
            }

            group = (int)packed;
        }
    }

    /// <summary>Numbers what is packed, in order.</summary>
    private void Number()
    {
        _distinct.Clear();
        _distinct.TryIndex(_packed.AsSpan(0, _rows), _groups, most: int.MaxValue);
        Count = _distinct.Count;
        if (_numbers.Length < Count)
        {
            _numbers = new uint[Math.Max(Count, 2 * _numbers.Length)];
        }

        var sorted = _distinct.Values.ToArray();
        var order = new int[Count];
        for (var n = 0; n < order.Length; n++)
        {
            order[n] = n;
        }

        sorted.AsSpan().Sort(order.AsSpan());
        for (var n = 0; n < order.Length; n++)
        {
            _numbers[order[n]] = (uint)n;
        }

        for (var row = 0; row < _rows; row++)
        {
            _groups[row] = _numbers[_groups[row]];
        }

        _packs.Add(_pack with { Packed = sorted });
        _pack = new GroupedColumns([]);
    }
}
