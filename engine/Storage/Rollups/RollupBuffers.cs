using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The memory that roll-ups are made and merged in, kept from roll-up to roll-up. One thread.</summary>
internal sealed class RollupBuffers : IDisposable
{
    /// <summary>Rows of a row group: so few that a question about one process or container passes over most of a roll-up, and that a merge needs little of each at a time.</summary>
    public const int Rows = 4096;

    private readonly List<StoredColumn[]> _cursors = [];

    /// <summary>The columns of the next row group.</summary>
    public ColumnBuffer[] Columns { get; } = [.. RollupSchema.Columns.Select(column => new ColumnBuffer(column, Rows))];

    /// <summary>Packs and compresses them.</summary>
    public RowGroupWriter Group { get; } = new();

    /// <summary>The memory of a merge's cursor, by its number.</summary>
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
