namespace NetMon.UnitTests.Readers;

/// <summary>Rows to be read from files as if they were one table: those that all conditions hold for.</summary>
internal sealed record Question(IReadOnlyList<string> Files, params Condition[] Conditions)
{
    /// <summary>Names of the columns that a row has, in this order.</summary>
    public IReadOnlyList<string> Columns { get; init; } = ReaderFiles.Columns;

    public override string ToString() => string.Join(" AND ", Conditions.AsEnumerable());
}
