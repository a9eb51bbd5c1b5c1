namespace NetMon.UnitTests.Readers;

/// <summary>Rows to read from files as if they were one table: those that match all conditions.</summary>
internal sealed record Question(IReadOnlyList<string> Files, params Condition[] Conditions)
{
    /// <summary>The columns of a row, in order.</summary>
    public IReadOnlyList<string> Columns { get; init; } = ReaderFiles.Columns;

    public override string ToString() => string.Join(" AND ", Conditions.AsEnumerable());
}
