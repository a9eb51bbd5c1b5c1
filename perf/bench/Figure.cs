namespace NetMon.Bench;

/// <summary>One measured value.</summary>
/// <param name="Name">Stable, dotted: the key in budgets.json.</param>
/// <param name="Value">In the unit; NaN: not available, and <paramref name="What"/> says why.</param>
/// <param name="Unit">As printed.</param>
/// <param name="What">A description for people.</param>
internal sealed record Figure(string Name, double Value, string Unit, string What);
