namespace NetMon.Events.Columns;

/// <summary>A column of capture files, with the same name as its key in JSON lines. Immutable.</summary>
/// <param name="Name">The name of the column.</param>
/// <param name="Type">The type in files and queries.</param>
/// <param name="Rows">Determines which events have a value.</param>
/// <param name="Meaning">The description in <c>schemas/parquet.md</c>.</param>
public abstract record EventColumn(string Name, ColumnType Type, ColumnRows Rows, string Meaning)
{
    /// <summary>Whether users search for single values of it; if so, files get a Bloom filter.</summary>
    public bool IsSearched { get; init; }

    /// <summary>The stored field that its value comes from; null if there is none.</summary>
    public virtual EventField? Source => null;
}
