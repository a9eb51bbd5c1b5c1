namespace NetMon.Events.Columns;

/// <summary>A number.</summary>
/// <param name="Name">As readers see it.</param>
/// <param name="Type">Not Text or Timestamp.</param>
/// <param name="Number">Where the value comes from.</param>
/// <param name="Rows">Which events have one.</param>
/// <param name="Meaning">For <c>schemas/parquet.md</c>.</param>
public sealed record NumberColumn(string Name, ColumnType Type, EventField Number, ColumnRows Rows, string Meaning) : EventColumn(Name, Type, Rows, Meaning)
{
    private const ulong NanosecondsPerMicrosecond = 1000;

    /// <summary>The stored number is nanoseconds, unsigned, and the column has microseconds.</summary>
    public bool IsStoredInNanoseconds { get; init; }

    /// <summary>Its values are many and in no order, so that files have them as they are: after compression that is shorter than differences of neighbours.</summary>
    public bool IsPlain { get; init; }

    public override EventField Source => Number;

    /// <summary>The column's value from the stored number.</summary>
    public long ValueOf(long stored) => IsStoredInNanoseconds ? (long)Microseconds((ulong)stored) : stored;

    /// <summary>Whole microseconds of a duration in nanoseconds.</summary>
    public static ulong Microseconds(ulong nanoseconds) => nanoseconds / NanosecondsPerMicrosecond;
}
