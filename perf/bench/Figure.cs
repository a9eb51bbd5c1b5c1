namespace NetMon.Bench;

/// <summary>One measured value.</summary>
/// <param name="Name">Stable, dotted: what budgets.json calls it.</param>
/// <param name="Value">In the unit; not a number: it can't be had, and <paramref name="What"/> says why.</param>
/// <param name="Unit">As printed.</param>
/// <param name="What">For people.</param>
internal sealed record Figure(string Name, double Value, string Unit, string What);
