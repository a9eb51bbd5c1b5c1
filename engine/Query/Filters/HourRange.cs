namespace NetMon.Query.Filters;

/// <summary>A range of whole hours, UTC: from the start of one, inclusive, to the start of another, exclusive.</summary>
internal sealed record HourRange(DateTime From, DateTime To)
{
    public static readonly HourRange All = new(DateTime.MinValue, DateTime.MaxValue);

    public static readonly HourRange None = new(DateTime.MaxValue, DateTime.MinValue);

    /// <summary>Returns the whole hours between two times.</summary>
    public static HourRange Within(DateTime? since, DateTime? until)
    {
        var from = since is { } first ? StartOf(first) : DateTime.MinValue;
        return new HourRange(since is not null && from < since ? from.AddHours(1) : from, until is { } last ? StartOf(last) : DateTime.MaxValue);
    }

    /// <summary>Whether it contains the hour with this start.</summary>
    public bool Has(DateTime start) => start >= From && start < To;

    /// <summary>Returns the start of a time's hour.</summary>
    public static DateTime StartOf(DateTime moment) => moment.AddTicks(-(moment.Ticks % TimeSpan.TicksPerHour));
}
