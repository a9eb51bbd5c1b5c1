using System.Globalization;

namespace NetMon.Query.Filters;

/// <summary>
/// What a command is asked to look at. Conditions are SQL over the columns of a relation; they may need macros of
/// schemas/views.sql (workload_name, in_net), and are null where they leave nothing out. Immutable.
/// </summary>
/// <param name="Since">The first moment, UTC; null for the beginning of the capture.</param>
/// <param name="Until">The moment after the last, UTC; null for the end of the capture.</param>
/// <param name="Nodes">What the name of a node must be; null for all.</param>
/// <param name="Criteria">What is asked of each row besides.</param>
internal sealed record Filter(DateTime? Since, DateTime? Until, string? Nodes, IReadOnlyList<Criterion> Criteria)
{
    /// <summary>The filter that leaves nothing out.</summary>
    public static readonly Filter None = new(null, null, null, []);

    public bool IsEmpty => Since is null && Until is null && Nodes is null && Criteria.Count == 0;

    /// <summary>Whether it tells events of one connection apart by what happened.</summary>
    public bool HasOutcome => Criteria.Any(criterion => criterion.Kind == CriterionKind.Outcome);

    /// <summary>Over events: all of it.</summary>
    public string? OfEvents => Together([.. Times("timestamp", Since, Until), .. OfNode, .. Criteria.Select(criterion => criterion.OfEvents)]);

    /// <summary>Over events: all but the time.</summary>
    public string? OfEventsAtAnyTime => Together([.. OfNode, .. Criteria.Select(criterion => criterion.OfEvents)]);

    /// <summary>Over events: the time alone.</summary>
    public string? OfTime => Together([.. Times("timestamp", Since, Until)]);

    /// <summary>
    /// Over events: the time alone, from the beginning of its first hour. What is open at a moment had a report in that hour, if its beginning
    /// is not there too.
    /// </summary>
    public string? OfWholeHours => Together([.. Times("timestamp", StartHour, Until)]);

    /// <summary>Over the columns that the macro of_question takes: whose process it is.</summary>
    public string? OfProcesses => Together([.. Criteria.Where(criterion => criterion.Kind == CriterionKind.Owner).Select(criterion => criterion.OfEvents)]);

    /// <summary>Over roll-ups: all of it; only for hours of <see cref="SumHours"/>.</summary>
    public string? OfSums => Together([.. Times("first", SumsFrom, SumsTo), .. OfNode, .. Criteria.Select(criterion => criterion.OfSums).OfType<string>()]);

    /// <summary>Over counts of rows by hour: the time in whole hours and the node alone.</summary>
    public string? OfCounts => Together([.. Times("date + to_hours(hour)", StartHour, Until), .. OfNode]);

    /// <summary>Over losses: those that touch the time, of the node.</summary>
    public string? OfLosses => Together([.. Since is { } since ? (string[])[$"\"to\" >= {Literal(since)}"] : [], .. Until is { } until ? (string[])[$"\"from\" < {Literal(until)}"] : [], .. OfNode]);

    /// <summary>Over owners of addresses: who they are, and the time in whole hours.</summary>
    public string? OfOwners => Together([.. Times("date + to_hours(hour)", StartHour, Until), .. OfNode, .. Criteria.Select(criterion => criterion.OfOwners).OfType<string>()]);

    /// <summary>The hours that roll-ups may answer for; of others the rows must.</summary>
    public HourRange SumHours => Uncarried.Count > 0 ? HourRange.None : HourRange.Within(Since, Until);

    /// <summary>Options that sums can't tell.</summary>
    public IReadOnlyList<string> Uncarried => [.. Criteria.Where(criterion => criterion.OfSums is null).Select(criterion => criterion.Option)];

    private DateTime? StartHour => Since is { } since ? HourRange.StartOf(since) : null;

    private DateTime? SumsFrom => Since is null ? null : SumHours.From;

    private DateTime? SumsTo => Until is null ? null : SumHours.To;

    private string[] OfNode => Nodes is null ? [] : [Nodes];

    private static IEnumerable<string> Times(string column, DateTime? from, DateTime? to) =>
        [.. from is { } first ? (string[])[$"{column} >= {Literal(first)}"] : [], .. to is { } end ? (string[])[$"{column} < {Literal(end)}"] : []];

    private static string? Together(IReadOnlyList<string> conditions) => conditions.Count == 0 ? null : SqlCondition.All(conditions);

    private static string Literal(DateTime time) => string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{time:yyyy-MM-dd HH:mm:ss.ffffff}'");
}
