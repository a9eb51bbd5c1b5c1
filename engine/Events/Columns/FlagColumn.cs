namespace NetMon.Events.Columns;

/// <summary>A flag: true for some events, null for the others.</summary>
public sealed record FlagColumn(string Name, ColumnRows Rows, string Meaning) : EventColumn(Name, ColumnType.Boolean, Rows, Meaning);
