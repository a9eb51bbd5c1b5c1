using System.Text.RegularExpressions;
using NetMon.UnitTests.Layout;
using Xunit;

namespace NetMon.UnitTests.Documents;

/// <summary>Workflows use pinned actions, have no write permission, and call targets that the Makefile has.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Path.GetDirectoryName(RepositoryFiles.Find(".github/workflows/ci.yml", "it is part of the tree"))!;

    private static readonly string Texts = string.Join('\n', Directory.GetFiles(Folder).Select(File.ReadAllText));

    [Fact]
    public void Every_action_is_pinned_by_commit_with_its_version_in_a_comment()
    {
        var actions = Action().Matches(Texts).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(actions);
        Assert.All(actions, action => Assert.Matches(@"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", action));
    }

    [Fact]
    public void Every_workflow_has_read_permission_only() => Assert.All(Directory.GetFiles(Folder), file => Assert.Contains("\npermissions:\n  contents: read\n", File.ReadAllText(file), StringComparison.Ordinal));

    [Fact]
    public void Every_make_target_in_a_workflow_exists()
    {
        var makefile = File.ReadAllText(RepositoryFiles.Find("Makefile", "it is part of the tree"));
        var targets = Made().Matches(Texts).SelectMany(match => match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Contains("lint", targets);
        Assert.All(targets, target => Assert.Contains($"\n{target}:", makefile, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"uses: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Action();

    [GeneratedRegex(@"\bmake((?: [a-z-]+)+)(?= |$)", RegexOptions.Multiline)]
    private static partial Regex Made();
}
