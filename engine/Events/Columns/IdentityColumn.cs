namespace NetMon.Events.Columns;

/// <summary>A text of an object that events share: the owner's container, or the peer. Null for events without one.</summary>
/// <typeparam name="T">A container or a peer.</typeparam>
/// <param name="Name">The name of the column, also in the dictionary of hot segments.</param>
/// <param name="TextOf">Returns the text; empty if unknown.</param>
/// <param name="With">Returns a copy with another text.</param>
/// <param name="Rows">Determines which events have a value.</param>
/// <param name="Meaning">The description in <c>schemas/parquet.md</c>.</param>
public abstract record IdentityColumn<T>(string Name, Func<T, string> TextOf, Func<T, string, T> With, ColumnRows Rows, string Meaning)
    : EventColumn(Name, ColumnType.Text, Rows, Meaning)
    where T : class
{
    /// <summary>Whether an unknown text is null in files and queries rather than empty.</summary>
    public bool IsNullIfEmpty { get; init; }

    /// <summary>Whether the column is null for an identity.</summary>
    public virtual bool IsNull(T identity) => IsNullIfEmpty && TextOf(identity).Length == 0;
}
