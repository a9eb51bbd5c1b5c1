using NetMon.Bench;
using NetMon.Bench.Documents;
using NetMon.UnitTests.Layout;

namespace NetMon.UnitTests.Documents;

/// <summary>The documents that may state measured figures, and what docs/figures.json says they are.</summary>
internal static class MeasuredDocuments
{
    private static readonly string[] Folders = ["docs", "schemas", "ops", "perf", "tests", "bpf"];

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = Path.GetDirectoryName(RepositoryFiles.Find("NetMon.sln", "it is part of the tree"))!;

    /// <summary>docs/figures.json.</summary>
    public static FigureFile Figures { get; } = FigureFile.Parse(File.ReadAllText(Path.Combine(Root, FigureFile.Path)));

    /// <summary>Puts figures into documents.</summary>
    public static FigureDocument Writer { get; } = new(Figures.Figures, Budget.Read(Path.Combine(Root, "perf/budgets.json")), Table);

    /// <summary>The templates of tables, docs/figures/*.md.</summary>
    public static IReadOnlyList<string> Tables { get; } = [.. Directory.GetFiles(Path.Combine(Root, "docs/figures"), "*.md").Order(StringComparer.Ordinal)];

    /// <summary>Paths from the root, the templates and CHANGELOG.md (which is history) excluded.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories)).Except(Tables)
            .Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal),
        "README.md",
    ];

    /// <summary>A document's text.</summary>
    public static string Read(string document) => File.ReadAllText(Path.Combine(Root, document));

    private static string Table(string name)
    {
        var path = Path.Combine(Root, "docs/figures", name + ".md");
        return File.Exists(path) ? File.ReadAllText(path) : throw new InvalidDataException($"docs/figures has no table {name}");
    }
}
