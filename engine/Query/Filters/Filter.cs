using System.Globalization;

namespace NetMon.Query.Filters;

/// <summary>
/// The filter of a command. Conditions are SQL over the columns of a relation; they may need macros of schemas/views.sql (workload_name,
/// in_net), and are null if they select everything. Immutable.
/// </summary>
/// <param name="Since">The start, UTC, inclusive; null for the beginning of the capture.</param>
/// <param name="Until">The end, UTC, exclusive; null for the end of the capture.</param>
/// <param name="Nodes">A condition on the node's name; null for all.</param>
/// <param name="Criteria">Further conditions.</param>
internal sealed record Filter(DateTime? Since, DateTime? Until, string? Nodes, IReadOnlyList<Criterion> Criteria)
{
    /// <summary>The filter that selects everything.</summary>
    public static readonly Filter None = new(null, null, null, []);

    public bool IsEmpty => Since is null && Until is null && Nodes is null && Criteria.Count == 0;

    /// <summary>Whether it distinguishes events of one connection by what happened.</summary>
    public bool HasOutcome => Criteria.Any(criterion => criterion.Kind == CriterionKind.Outcome);

    /// <summary>The complete filter, over events.</summary>
    public string? OfEvents => Together([.. Times("timestamp", Since, Until), .. OfNode, .. Criteria.Select(criterion => criterion.OfEvents)]);

    /// <summary>The filter without the time, over events.</summary>
    public string? OfEventsAtAnyTime => Together([.. OfNode, .. Criteria.Select(criterion => criterion.OfEvents)]);

    /// <summary>The time alone, over events.</summary>
    public string? OfTime => Together([.. Times("timestamp", Since, Until)]);

    /// <summary>
    /// The time alone, over events, from the start of its first hour. A connection that is open at a time has a FLOW at the start of that
    /// hour, unless it was opened later.
    /// </summary>
    public string? OfWholeHours => Together([.. Times("timestamp", StartHour, Until)]);

    /// <summary>The conditions on the owning process, over the columns that the macro of_question takes.</summary>
    public string? OfProcesses => Together([.. Criteria.Where(criterion => criterion.Kind == CriterionKind.Owner).Select(criterion => criterion.OfEvents)]);

    /// <summary>The complete filter, over roll-ups; only for the hours in <see cref="SumHours"/>.</summary>
    public string? OfSums => Together([.. Times("first", SumsFrom, SumsTo), .. OfNode, .. Criteria.Select(criterion => criterion.OfSums).OfType<string>()]);

    /// <summary>The time in whole hours and the node, over row counts by hour.</summary>
    public string? OfCounts => Together([.. Times("date + to_hours(hour)", StartHour, Until), .. OfNode]);

    /// <summary>The node and the time, over losses: selects those that overlap it.</summary>
    public string? OfLosses => Together([.. Since is { } since ? (string[])[$"\"to\" >= {Literal(since)}"] : [], .. Until is { } until ? (string[])[$"\"from\" < {Literal(until)}"] : [], .. OfNode]);

    /// <summary>The owner and the time in whole hours, over owners of addresses.</summary>
    public string? OfOwners => Together([.. Times("date + to_hours(hour)", StartHour, Until), .. OfNode, .. Criteria.Select(criterion => criterion.OfOwners).OfType<string>()]);

    /// <summary>The hours for which roll-ups may answer; others need the rows.</summary>
    public HourRange SumHours => Uncarried.Count > 0 ? HourRange.None : HourRange.Within(Since, Until);

    /// <summary>Options that roll-ups can't decide.</summary>
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
