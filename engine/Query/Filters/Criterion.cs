namespace NetMon.Query.Filters;

/// <summary>The condition of an option.</summary>
/// <param name="Option">The option's name.</param>
/// <param name="Kind">What it refers to.</param>
/// <param name="OfEvents">SQL over the columns of events.</param>
/// <param name="OfSums">SQL over the columns of roll-ups; null if these can't decide it.</param>
/// <param name="OfOwners">SQL over the columns of owners of addresses; null if it does not apply to them.</param>
internal sealed record Criterion(string Option, CriterionKind Kind, string OfEvents, string? OfSums, string? OfOwners = null);
