using System.Runtime.InteropServices;
using NetMon.Events;

namespace NetMon.Storage.Columns;

/// <summary>
/// The order of the rows inside a row group: by container, pid, direction, type, and then as they came, which is by time. What
/// belongs together stands together, so that columns become runs: half the bytes of an order by time, and a question about one
/// container or process reads neighbours. Keeps its memory from row group to row group. One thread.
/// </summary>
/// <param name="capacity">The most rows, up to 2^<see cref="RowBits"/>.</param>
internal sealed class RowOrder(int capacity)
{
    private const int RowBits = 20;
    private const int ContainerBits = 17;
    private const int PidBits = 22; // PID_MAX_LIMIT, include/linux/threads.h
    private const int DirectionBits = 2;
    private const int KindBits = 3;

    private readonly ulong[] _keys = new ulong[capacity];

    /// <summary>Takes the rows' keys; all spans have one value for each row.</summary>
    /// <param name="containers">Numbers of the containers in the row group; negative for the host.</param>
    /// <param name="pids">Process ids.</param>
    /// <param name="directions">Whose side the row is of.</param>
    /// <param name="kinds">Types.</param>
    public void Settle(ReadOnlySpan<int> containers, ReadOnlySpan<uint> pids, ReadOnlySpan<Direction> directions, ReadOnlySpan<RecordKind> kinds)
    {
        for (var row = 0; row < containers.Length; row++)
        {
            var key = (ulong)(containers[row] + 1) & ((1ul << ContainerBits) - 1);
            key = (key << PidBits) | (pids[row] & ((1u << PidBits) - 1));
            key = (key << DirectionBits) | ((ulong)directions[row] & ((1ul << DirectionBits) - 1));
            key = (key << KindBits) | ((ulong)kinds[row] & ((1ul << KindBits) - 1));
            _keys[row] = (key << RowBits) | (uint)row;
        }

        _keys.AsSpan(0, containers.Length).Sort();
    }

    /// <summary>Puts values in order.</summary>
    /// <param name="values">Each of <paramref name="width"/> bytes, one for each row.</param>
    /// <param name="ordered">Receives them.</param>
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
            ordered[row] = values[(int)(_keys[row] & ((1ul << RowBits) - 1))];
        }
    }
}
