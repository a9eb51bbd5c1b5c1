using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>
/// The order of the rows inside a row group: by container, pid, direction, type and arrival, which is roughly by time. Grouping related
/// rows turns columns into runs. This halves the size compared with an order by time, and a query for one container or process reads
/// adjacent rows. Buffers are reused across row groups. Not thread-safe.
/// </summary>
/// <param name="capacity">The maximum number of rows.</param>
internal sealed class RowOrder(int capacity)
{
    private const int PidBits = 22; // PID_MAX_LIMIT, include/linux/threads.h
    private const int DirectionBits = 2;
    private const int KindBits = 3;
    private const int ChunkRows = 1024;

    private readonly DistinctValues<ulong> _distinct = new();
    private readonly ulong[] _chunk = new ulong[ChunkRows];
    private readonly uint[] _keyOf = new uint[capacity];
    private readonly int[] _rows = new int[capacity];
    private ulong[] _sorted = [];
    private int[] _order = [];
    private int[] _next = [];

    /// <summary>
    /// Determines the order from the rows' keys; all spans have one value per row. A row group has far fewer distinct keys than rows, so the
    /// keys are sorted and the rows placed by a counting sort.
    /// </summary>
    /// <param name="containers">Numbers of the containers in the row group; negative for the host.</param>
    /// <param name="pids">Process ids.</param>
    /// <param name="directions">Directions.</param>
    /// <param name="kinds">Event types.</param>
    public void Settle(ReadOnlySpan<int> containers, ReadOnlySpan<uint> pids, ReadOnlySpan<Direction> directions, ReadOnlySpan<RecordKind> kinds)
    {
        _distinct.Clear();
        for (var first = 0; first < containers.Length; first += ChunkRows)
        {
            var keys = _chunk.AsSpan(0, Math.Min(ChunkRows, containers.Length - first));
            for (var n = 0; n < keys.Length; n++)
            {
                var row = first + n;
                var key = (ulong)(containers[row] + 1);
                key = (key << PidBits) | (pids[row] & ((1u << PidBits) - 1));
                key = (key << DirectionBits) | ((ulong)directions[row] & ((1ul << DirectionBits) - 1));
                keys[n] = (key << KindBits) | ((ulong)kinds[row] & ((1ul << KindBits) - 1));
            }

            _distinct.TryIndex(keys, _keyOf.AsSpan(first), most: int.MaxValue);
        }

        var rows = _keyOf.AsSpan(0, containers.Length);
        FindPlaces(rows);
        for (var row = 0; row < rows.Length; row++)
        {
            _rows[_next[rows[row]]++] = row;
        }
    }

    /// <summary>Permutes values into the order.</summary>
    /// <param name="values">One value of <paramref name="width"/> bytes per row.</param>
    /// <param name="ordered">Receives the permuted values.</param>
    /// <param name="width">1, 2, 4, 8 or 16.</param>
    public void Apply(ReadOnlySpan<byte> values, Span<byte> ordered, int width)
    {
        switch (width)
        {
            case 1:
                Gather<byte>(values, ordered);
                break;
            case 2:
                Gather<ushort>(values, ordered);
                break;
            case 4:
                Gather<uint>(values, ordered);
                break;
            case 8:
                Gather<ulong>(values, ordered);
                break;
            default:
                Gather<UInt128>(values, ordered);
                break;
        }
    }

    private void Gather<T>(ReadOnlySpan<byte> from, Span<byte> to)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(from);
        var ordered = MemoryMarshal.Cast<byte, T>(to);
        for (var row = 0; row < ordered.Length; row++)
        {
            ordered[row] = values[_rows[row]];
        }
    }

    /// <summary>Computes the position of each key's first row.</summary>
    private void FindPlaces(ReadOnlySpan<uint> keyOf)
    {
        var count = _distinct.Count;
        if (_sorted.Length < count)
        {
            (_sorted, _order, _next) = (new ulong[2 * count], new int[2 * count], new int[2 * count]);
        }

        var next = _next.AsSpan(0, count);
        next.Clear();
        foreach (var key in keyOf)
        {
            next[(int)key]++;
        }

        _distinct.Values.CopyTo(_sorted);
        for (var key = 0; key < count; key++)
        {
            _order[key] = key;
        }

        _sorted.AsSpan(0, count).Sort(_order.AsSpan(0, count));
        var place = 0;
        foreach (var key in _order.AsSpan(0, count))
        {
            (place, next[key]) = (place + next[key], place);
        }
    }
}
