namespace NetMon.UnitTests.Readers;

/// <summary>Rows to be read from files as if they were one table: those that all conditions hold for.</summary>
internal sealed record Question(IReadOnlyList<string> Files, params Condition[] Conditions)
{
    public override string ToString() => string.Join(" AND ", Conditions.AsEnumerable());
}
