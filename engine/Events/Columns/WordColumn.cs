namespace NetMon.Events.Columns;

/// <summary>One of a few words, decided by the event's facts.</summary>
/// <param name="Name">As readers see it.</param>
/// <param name="Words">All words that there are, 32 at most.</param>
/// <param name="IndexOf">The index of an event's word.</param>
/// <param name="Rows">Which events have one.</param>
/// <param name="Meaning">For <c>schemas/parquet.md</c>.</param>
public sealed record WordColumn(string Name, IReadOnlyList<string> Words, Func<EventFacts, int> IndexOf, ColumnRows Rows, string Meaning)
    : EventColumn(Name, ColumnType.Text, Rows, Meaning);
