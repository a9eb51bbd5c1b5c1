using System.Buffers;

namespace NetMon.Parquet;

/// <summary>Which rows of a row group have a value; columns that are null together share one. Keeps its memory from use to use.</summary>
public sealed class Presence
{
    private readonly ArrayBufferWriter<byte> _levels = new();
    private uint[] _present = [];
    private int[] _rows = [];
    private int _settled;

    /// <summary>The rows that have a value, in their order.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>How many have one.</summary>
    public int Count { get; private set; }

    /// <summary>The definition levels as runs and bits.</summary>
    internal ReadOnlySpan<byte> Levels
    {
        get
        {
            if (_levels.WrittenCount == 0)
            {
                RunEncoding.Write(_levels, _present.AsSpan(0, _settled), width: 1);
            }

            return _levels.WrittenSpan;
        }
    }

    /// <summary>Room for the next row group: 1 for each row that has a value, 0 for others; <see cref="Settle"/> takes it over.</summary>
    public Span<uint> Next(int rows)
    {
        if (_present.Length < rows)
        {
            _present = new uint[rows];
            _rows = new int[rows];
        }

        return _present.AsSpan(0, rows);
    }

    /// <summary>Makes the rows of what is in <see cref="Next"/>.</summary>
    public void Settle(int rows)
    {
        var present = _present.AsSpan(0, rows);
        var count = 0;
        for (var row = 0; row < present.Length; row++)
        {
            _rows[count] = row;
            count += (int)present[row];
        }

        (Count, _settled) = (count, rows);
        _levels.ResetWrittenCount();
    }
}
