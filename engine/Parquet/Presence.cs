using System.Buffers;

namespace NetMon.Parquet;

/// <summary>Which rows of a row group have a value. Columns that are null in the same rows share one. Memory is reused.</summary>
public sealed class Presence
{
    /// <summary>The number of rows by which its memory grows.</summary>
    private const int Step = 16_384;

    private readonly ArrayBufferWriter<byte> _levels = new();
    private int[] _rows = [];

    /// <summary>The rows that have a value, in order.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>The number of rows that have a value.</summary>
    public int Count { get; private set; }

    /// <summary>The encoded definition levels.</summary>
    internal ReadOnlySpan<byte> Levels => _levels.WrittenSpan;

    /// <summary>Sets the rows of the next row group.</summary>
    /// <param name="present">1 for each row that has a value, else 0; copied.</param>
    public void Settle(ReadOnlySpan<uint> present)
    {
        _levels.ResetWrittenCount();
        RunEncoding.Write(_levels, present, width: 1);
        Count = 0;
        foreach (var one in present)
        {
            Count += (int)one;
        }

        if (_rows.Length < Count)
        {
            _rows = new int[(Count + Step - 1) / Step * Step];
        }

        for (var (row, value) = (0, 0); value < Count; row++)
        {
            _rows[value] = row;
            value += (int)present[row];
        }
    }
}
