using System.Text.RegularExpressions;
using NetMon.UnitTests.Layout;
using Xunit;

namespace NetMon.UnitTests.Documents;

/// <summary>docs/secure.md is a threat model: each line names a test that enforces it, and that test exists.</summary>
public sealed partial class SecureDocumentTests
{
    private const string Document = "docs/secure.md";

    private static readonly string Path = RepositoryFiles.Find(Document, "it is part of the tree");

    private static readonly string Tests = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, "../../tests"));

    [Fact]
    public void Every_line_of_its_tables_names_a_test()
    {
        var rows = File.ReadLines(Path).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.EndsWith(" held by |", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Matches(TestName(), row.TrimEnd(' ', '|').Split('|')[^1]));
    }

    [Fact]
    public void Every_test_that_it_names_exists()
    {
        var names = TestName().Matches(File.ReadAllText(Path));
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(Exists(name.Groups[1].Value, name.Groups[2].Value), name.Value));
    }

    private static bool Exists(string type, string method) => Directory
        .EnumerateFiles(Tests, type + ".cs", SearchOption.AllDirectories)
        .Any(path => method.Length == 0 || File.ReadAllText(path).Contains($" {method}(", StringComparison.Ordinal));

    [GeneratedRegex(@"`(\w+Tests)(?:\.(\w+))?`")]
    private static partial Regex TestName();
}
