namespace NetMon.Events.Columns;

/// <summary>A process name; bytes that are not valid UTF-8 become U+FFFD.</summary>
public sealed record ProcessColumn(string Name, EventField Process, string Meaning) : EventColumn(Name, ColumnType.Text, ColumnRows.All, Meaning)
{
    public override EventField Source => Process;
}
