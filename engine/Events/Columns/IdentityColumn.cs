namespace NetMon.Events.Columns;

/// <summary>A text of what events share by reference: the owner's container, or the peer. Null in events without one.</summary>
/// <typeparam name="T">What has the text.</typeparam>
/// <param name="Name">As readers see it, and in the dictionary of hot segments.</param>
/// <param name="TextOf">The text; empty if it is not known.</param>
/// <param name="With">The same with another text here.</param>
/// <param name="Rows">Which events have one.</param>
/// <param name="Meaning">For <c>schemas/parquet.md</c>.</param>
public abstract record IdentityColumn<T>(string Name, Func<T, string> TextOf, Func<T, string, T> With, ColumnRows Rows, string Meaning)
    : EventColumn(Name, ColumnType.Text, Rows, Meaning)
    where T : class
{
    /// <summary>Whether a text that is not known is null in files and queries, not empty.</summary>
    public bool IsNullIfEmpty { get; init; }

    /// <summary>Whether an entry has no value here.</summary>
    public virtual bool IsNull(T identity) => IsNullIfEmpty && TextOf(identity).Length == 0;
}
