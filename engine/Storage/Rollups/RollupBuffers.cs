using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The memory for making and merging roll-ups, reused between them. Not thread-safe.</summary>
internal sealed class RollupBuffers : IDisposable
{
    /// <summary>Rows of a row group: few enough that a query for one process or container skips most of a roll-up, and that a merge needs little memory per input.</summary>
    public const int Rows = 4096;

    private readonly List<StoredColumn[]> _cursors = [];

    /// <summary>The columns of the next row group.</summary>
    public ColumnBuffer[] Columns { get; } = [.. RollupSchema.Columns.Select(column => new ColumnBuffer(column, Rows))];

    /// <summary>Encodes and compresses row groups.</summary>
    public RowGroupWriter Group { get; } = new();

    /// <summary>Returns the memory of a merge's cursor, by its number.</summary>
    public StoredColumn[] OfCursor(int number)
    {
        if (number == _cursors.Count)
        {
            _cursors.Add(RollupCursor.NewColumns());
        }

        return _cursors[number];
    }

    public void Dispose() => Group.Dispose();
}
