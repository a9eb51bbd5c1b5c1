namespace NetMon.Events.Columns;

/// <summary>A column with a fixed set of words, determined by the event's facts.</summary>
/// <param name="Name">The name of the column.</param>
/// <param name="Words">All possible words, at most 32.</param>
/// <param name="IndexOf">Returns the index of an event's word.</param>
/// <param name="Rows">Determines which events have a value.</param>
/// <param name="Meaning">The description in <c>schemas/parquet.md</c>.</param>
public sealed record WordColumn(string Name, IReadOnlyList<string> Words, Func<EventFacts, int> IndexOf, ColumnRows Rows, string Meaning)
    : EventColumn(Name, ColumnType.Text, Rows, Meaning);
