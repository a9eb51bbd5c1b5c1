namespace NetMon.Query.Filters;

/// <summary>What an option asks of each row.</summary>
/// <param name="Option">The option's name.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="OfEvents">The condition over the columns of events.</param>
/// <param name="OfSums">The same over those of roll-ups; null where these can't tell.</param>
/// <param name="OfOwners">The same over those of owners of addresses; null where it is no matter of theirs.</param>
internal sealed record Criterion(string Option, CriterionKind Kind, string OfEvents, string? OfSums, string? OfOwners = null);
