namespace NetMon.Events.Columns;

/// <summary>The time of an event, in microseconds, rounded down.</summary>
public sealed record TimeColumn(string Name, EventField Time, string Meaning) : EventColumn(Name, ColumnType.Timestamp, ColumnRows.All, Meaning)
{
    public override EventField Source => Time;

    /// <summary>Converts nanoseconds to microseconds, rounded down also before 1970.</summary>
    public static long Microseconds(long nanoseconds)
    {
        var (microseconds, rest) = Math.DivRem(nanoseconds, 1000);
        return rest < 0 ? microseconds - 1 : microseconds;
    }
}
