using System.Text.RegularExpressions;
using NetMon.UnitTests.Layout;
using Xunit;

namespace NetMon.UnitTests.Pipeline;

public sealed partial class StagesTests
{
    /// <summary>Only EventLoop.cs, which is in no stage's folder, uses all stages.</summary>
    [Fact]
    public void A_stage_depends_on_the_batch_and_no_other_stage()
    {
        var pipeline = Path.GetDirectoryName(RepositoryFiles.Find("engine/Pipeline/EventLoop.cs", "it is in the repository"))!;
        var known =
            from folder in Directory.GetDirectories(pipeline)
            let stage = Path.GetFileName(folder)
            from file in Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
            from Match match in NamedStage().Matches(File.ReadAllText(file))
            select (Stage: stage, Knows: match.Groups[1].Value);
        var pairs = known.Distinct().ToList();

        Assert.Contains(("Fanout", "Batch"), pairs);
        Assert.DoesNotContain(pairs, pair => pair.Knows != pair.Stage && pair.Knows != "Batch");
    }

    /// <summary>NetMon.Pipeline.X anywhere in the text.</summary>
    [GeneratedRegex(@"\bPipeline\.(\w+)")]
    private static partial Regex NamedStage();
}
