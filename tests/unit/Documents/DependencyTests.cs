using System.Text.Json;
using System.Text.RegularExpressions;
using NetMon.UnitTests.Layout;
using Xunit;

namespace NetMon.UnitTests.Documents;

/// <summary>Packages are pinned and documented with their licences.</summary>
public sealed class DependencyTests
{
    private const string Document = "docs/dependencies.md";

    private static readonly string Root = Path.GetFullPath(Path.Combine(RepositoryFiles.Find(Document, "it is part of the tree"), "../.."));

    [Fact]
    public void Every_package_of_a_lock_file_is_in_the_document()
    {
        var text = File.ReadAllText(Path.Combine(Root, Document));
        var packages = LockFiles().SelectMany(Packages).Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(packages);
        Assert.All(packages, name => Assert.Matches($@"(?<![\w.-]){Regex.Escape(name)}(?![\w-]|\.\w)", text));
    }

    [Fact]
    public void Every_project_has_a_lock_file() => Assert.All(
        Projects(), project => Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")), project));

    private static IEnumerable<string> Projects() => Folders().SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories));

    private static IEnumerable<string> LockFiles() => Folders().SelectMany(folder => Directory.EnumerateFiles(folder, "packages.lock.json", SearchOption.AllDirectories));

    private static IEnumerable<string> Folders() => ((string[])["engine", "perf", "tests"]).Select(name => Path.Combine(Root, name));

    private static IEnumerable<string> Packages(string path)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (var framework in file.RootElement.GetProperty("dependencies").EnumerateObject())
        {
            foreach (var package in framework.Value.EnumerateObject())
            {
                if (package.Value.GetProperty("type").GetString() != "Project")
                {
                    yield return package.Name;
                }
            }
        }
    }
}
