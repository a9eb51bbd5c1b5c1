namespace NetMon.Events.Columns;

/// <summary>A numeric column.</summary>
/// <param name="Name">The name of the column.</param>
/// <param name="Type">A numeric type.</param>
/// <param name="Number">The field that the value comes from.</param>
/// <param name="Rows">Determines which events have a value.</param>
/// <param name="Meaning">The description in <c>schemas/parquet.md</c>.</param>
public sealed record NumberColumn(string Name, ColumnType Type, EventField Number, ColumnRows Rows, string Meaning) : EventColumn(Name, Type, Rows, Meaning)
{
    private const ulong NanosecondsPerMicrosecond = 1000;

    /// <summary>Whether the stored number is unsigned nanoseconds, while the column has microseconds.</summary>
    public bool IsStoredInNanoseconds { get; init; }

    /// <summary>Whether files store the values without delta encoding: for many unordered values this is smaller after compression.</summary>
    public bool IsPlain { get; init; }

    public override EventField Source => Number;

    /// <summary>Converts a stored number to the column's value.</summary>
    public long ValueOf(long stored) => IsStoredInNanoseconds ? (long)Microseconds((ulong)stored) : stored;

    /// <summary>Converts nanoseconds to whole microseconds.</summary>
    public static ulong Microseconds(ulong nanoseconds) => nanoseconds / NanosecondsPerMicrosecond;
}
