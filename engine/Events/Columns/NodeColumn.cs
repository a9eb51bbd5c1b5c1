namespace NetMon.Events.Columns;

/// <summary>The node's name, which is the same for all rows of a file.</summary>
public sealed record NodeColumn(string Name, string Meaning) : EventColumn(Name, ColumnType.Text, ColumnRows.All, Meaning);
