namespace NetMon.Events.Columns;

/// <summary>A number.</summary>
/// <param name="Name">As readers see it.</param>
/// <param name="Type">Not Text or Timestamp.</param>
/// <param name="Number">Where the value comes from.</param>
/// <param name="Rows">Which events have one.</param>
/// <param name="Meaning">For <c>schemas/parquet.md</c>.</param>
public sealed record NumberColumn(string Name, ColumnType Type, EventField Number, ColumnRows Rows, string Meaning) : EventColumn(Name, Type, Rows, Meaning)
{
    /// <summary>The stored number is divided by this, as an unsigned one: 1000 makes microseconds of nanoseconds.</summary>
    public uint Divisor { get; init; } = 1;

    public override EventField Source => Number;

    /// <summary>The column's value from the stored number.</summary>
    public long ValueOf(long stored) => Divisor == 1 ? stored : (long)((ulong)stored / Divisor);
}
