namespace NetMon.Events.Columns;

/// <summary>A column of addresses as text (<see cref="AddressText"/>).</summary>
public sealed record AddressColumn(string Name, EventField Address, ColumnRows Rows, string Meaning) : EventColumn(Name, ColumnType.Text, Rows, Meaning)
{
    public override EventField Source => Address;
}
