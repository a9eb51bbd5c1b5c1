using NetMon.UnitTests.Layout;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>The documents list the declared columns; <c>make docs</c> writes the lists (NETMON_WRITE_DOCS=1).</summary>
public sealed class DocumentedColumnsTests
{
    [Fact]
    public void The_columns_of_capture_files_are_documented() => AssertDocumented("schemas/parquet.md", ColumnTable.OfFiles());

    [Fact]
    public void The_columns_of_hot_segments_are_documented() => AssertDocumented("schemas/hot.md", ColumnTable.OfSegments());

    private static void AssertDocumented(string document, string table)
    {
        var path = RepositoryFiles.Find(document, "restore it from git");
        var written = File.ReadAllText(path);
        var start = written.IndexOf(table[..table.IndexOf('\n', StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.True(start >= 0, $"{document} has no table of columns");
        var end = written.IndexOf("\n\n", start, StringComparison.Ordinal) + 1;
        if (Environment.GetEnvironmentVariable("NETMON_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, written[..start] + table + written[end..]);
            return;
        }

        Assert.True(written[start..end] == table, $"the table of columns in {document} is out of date: make docs");
    }
}
