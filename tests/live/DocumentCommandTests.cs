using System.Diagnostics;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// Runs the commands and questions of README and documents as a reader would paste them; blocks that need something else are marked and
/// counted.
/// </summary>
[Trait("suite", "offline")]
public sealed class DocumentCommandTests(ITestOutputHelper log) : IDisposable
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);
    private readonly Scratch _scratch = new();

    private static readonly IReadOnlyList<DocumentBlock> Blocks =
    [
        .. Shell.Run("git", "-C", Repository.Root, "ls-files", "--cached", "--others", "--exclude-standard", "*.md").MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(document => document != "CHANGELOG.md").SelectMany(document => DocumentBlock.Of(Repository.Root, document)),
    ];

    [Fact]
    public void Every_command_of_the_documents_runs_or_states_what_it_needs()
    {
        Needs.Tracing();
        Needs.Program("setpriv");
        var capture = _scratch["demo"];
        Shell.Run(Path.Combine(Repository.Root, "ops/demo.sh"), capture, "5").MustSucceed();
        List<string> failed = [];
        var run = Blocks.Where(block => block.Mark is null).ToList();
        foreach (var block in run)
        {
            var clock = Stopwatch.StartNew();
            var result = block.IsSql ? Ask(block, capture) : Paste(block, capture);
            if (clock.Elapsed > Slow)
            {
                log.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: {block.Document}:{block.Line}");
            }

            if (result.ExitCode != 0)
            {
                failed.Add($"{block.Document}:{block.Line}: exit code {result.ExitCode}\n{block.Text}\n{result.Error}");
            }
        }

        log.WriteLine($"commands of the documents: run {run.Count}, marked {Blocks.Count - run.Count}, failed {failed.Count}");
        Assert.True(failed.Count == 0, string.Join('\n', failed));
        Assert.True(run.Count >= 30, $"only {run.Count} blocks were run");
    }

    [Fact]
    public void A_block_that_another_test_runs_names_an_existing_test()
    {
        var named = Blocks.Where(block => block.Mark?.StartsWith("run by: ", StringComparison.Ordinal) == true).Select(block => block.Mark!["run by: ".Length..]).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, test => Assert.NotEmpty(Directory.GetFiles(Path.Combine(Repository.Root, "tests"), $"{test}.cs", SearchOption.AllDirectories)));
    }

    public void Dispose() => _scratch.Dispose();

    private static Shell.Result Ask(DocumentBlock block, string capture) =>
        Shell.Run(Repository.Agent, "query", "--capture", capture, block.Text.Replace("DIR/", $"{capture}/", StringComparison.Ordinal));

    /// <summary>
    /// Runs in a folder that looks like the root of the repository, with bin/ on the PATH, and the demo's capture instead of a document's
    /// own.
    /// </summary>
    private Shell.Result Paste(DocumentBlock block, string capture)
    {
        var folder = _scratch["root"];
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            foreach (var entry in Directory.GetFileSystemEntries(Repository.Root))
            {
                File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(entry)), entry); // files that a block writes stay here
            }
        }

        var text = block.Text.Replace("/var/lib/netmon", capture, StringComparison.Ordinal).Replace("--capture DIR", $"--capture {capture}", StringComparison.Ordinal);
        var script = _scratch["block.sh"];
        File.WriteAllText(script, $"set -e\ncd {folder}\nexport PATH={Repository.Root}/bin:$PATH NETMON_CAPTURE={capture}\n{text}\n");
        return Shell.Run("bash", script);
    }
}
