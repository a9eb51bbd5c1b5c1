namespace NetMon.UnitTests.Readers;

/// <summary>A file to read and its expected rows, in any order: a text for each column, null where the file has null.</summary>
public sealed record ReadFile(string Path, IReadOnlyList<string?[]> Rows);
