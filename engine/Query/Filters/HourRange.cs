namespace NetMon.Query.Filters;

/// <summary>Whole hours, from the beginning of one to the beginning of another, which is not among them. UTC.</summary>
internal sealed record HourRange(DateTime From, DateTime To)
{
    public static readonly HourRange All = new(DateTime.MinValue, DateTime.MaxValue);

    public static readonly HourRange None = new(DateTime.MaxValue, DateTime.MinValue);

    /// <summary>Those that lie between two moments as a whole.</summary>
    public static HourRange Within(DateTime? since, DateTime? until)
    {
        var from = since is { } first ? StartOf(first) : DateTime.MinValue;
        return new HourRange(since is not null && from < since ? from.AddHours(1) : from, until is { } last ? StartOf(last) : DateTime.MaxValue);
    }

    /// <summary>Whether it has the hour that begins then.</summary>
    public bool Has(DateTime start) => start >= From && start < To;

    /// <summary>The beginning of a moment's hour.</summary>
    public static DateTime StartOf(DateTime moment) => moment.AddTicks(-(moment.Ticks % TimeSpan.TicksPerHour));
}
