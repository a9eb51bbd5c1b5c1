namespace NetMon.Events.Columns;

/// <summary>A column of capture files, with the same name as its key in JSON lines. Immutable.</summary>
/// <param name="Name">As readers see it.</param>
/// <param name="Type">In files and queries.</param>
/// <param name="Rows">Which events have a value.</param>
/// <param name="Meaning">For <c>schemas/parquet.md</c>.</param>
public abstract record EventColumn(string Name, ColumnType Type, ColumnRows Rows, string Meaning)
{
    /// <summary>Whether people look for single values of it: then files get a Bloom filter.</summary>
    public bool IsSearched { get; init; }

    /// <summary>The stored field that its value comes from; null if it comes from elsewhere.</summary>
    public virtual EventField? Source => null;
}
