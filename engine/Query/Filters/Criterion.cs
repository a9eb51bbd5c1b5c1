namespace NetMon.Query.Filters;

/// <summary>What an option asks of each row.</summary>
/// <param name="Option">The option's name.</param>
/// <param name="OfEvents">The condition over the columns of events.</param>
/// <param name="OfSums">The same over those of roll-ups; null where these can't tell.</param>
/// <param name="OfOwners">The same over those of owners of addresses; null where it is no matter of theirs.</param>
/// <param name="IsOutcome">Whether it is about what happened, and not about who, where or whither: then not all events of a connection are alike.</param>
internal sealed record Criterion(string Option, string OfEvents, string? OfSums, string? OfOwners = null, bool IsOutcome = false);
