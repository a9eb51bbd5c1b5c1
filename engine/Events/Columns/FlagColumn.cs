namespace NetMon.Events.Columns;

/// <summary>Something that is true of some events: true in these, null in the others.</summary>
public sealed record FlagColumn(string Name, ColumnRows Rows, string Meaning) : EventColumn(Name, ColumnType.Boolean, Rows, Meaning);
