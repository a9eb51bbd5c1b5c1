namespace NetMon.Events.Columns;

/// <summary>An address as text (<see cref="AddressText"/>).</summary>
public sealed record AddressColumn(string Name, EventField Address, string Meaning) : EventColumn(Name, ColumnType.Text, ColumnRows.All, Meaning)
{
    public override EventField Source => Address;
}
