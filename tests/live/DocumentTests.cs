using System.Text.RegularExpressions;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>Statements of the documents about this repository are true.</summary>
[Trait("suite", "offline")]
public sealed partial class DocumentTests
{
    private const string Example = "docs/add-a-probe.patch";

    private static readonly string[] Documents =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md"),
        .. ((string[])["README.md", "ops/helm/netmon/README.md", "schemas/README.md", "perf/README.md", "tests/README.md", "bpf/README.md"]).Select(name => Path.Combine(Repository.Root, name)),
    ];

    [Fact]
    public void Every_option_is_documented_as_in_the_help()
    {
        Needs.Program("awk");
        Assert.SkipUnless(File.Exists(Path.Combine(Repository.Root, "bin/netmon-query")), "needs bin/netmon-query: make build");
        var written = Shell.Run(Path.Combine(Repository.Root, "docs/configure.sh")).MustSucceed().Output;
        // An empty list of options would agree with an empty document.
        foreach (Match option in OptionName().Matches(Shell.Run(Repository.Agent, "run", "--help").MustSucceed().Output))
        {
            Assert.Matches($@"\| `{option.Groups[1].Value} [^|]*`?", written);
        }

        Assert.True(written == File.ReadAllText(Path.Combine(Repository.Root, "docs/configure.md")), "docs/configure.md is out of date: make docs");
    }

    [Fact]
    public void Every_link_to_a_file_is_valid()
    {
        var dead = Documents.SelectMany(document => Link().Matches(File.ReadAllText(document))
            .Select(link => link.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, target)))
            .Select(target => $"{Path.GetRelativePath(Repository.Root, document)}: {target}"));
        Assert.Empty(dead);
    }

    [Fact]
    public void The_readme_links_to_every_document()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Assert.All(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md"), path => Assert.Contains($"](docs/{Path.GetFileName(path)})", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_metric_named_in_a_document_exists()
    {
        var metrics = string.Concat(Directory.GetFiles(Path.Combine(Repository.Root, "engine/Host/Metrics"), "*.cs").Select(File.ReadAllText));
        var unknown = Documents.SelectMany(document => MetricName().Matches(File.ReadAllText(document)).Select(name => name.Value))
            .Where(name => !metrics.Contains(name, StringComparison.Ordinal)).Distinct();
        Assert.Empty(unknown);
    }

    [Fact]
    public void The_example_of_a_new_field_fits_this_tree_and_its_kernel_programs_compile()
    {
        using var tree = CopyWithExample();
        Shell.Script($"make -s -C {tree.Path} generate").MustSucceed();
        Assert.True(File.Exists(tree["artifacts/bpf/netmon.bpf.o"]));
    }

    [Fact]
    [Trait("suite", "image")] // no image, but as slow
    public void With_the_example_the_agent_compiles_and_the_unit_tests_of_records_and_files_pass()
    {
        using var tree = CopyWithExample();
        var script = $"cd {tree.Path} && make -s generate && dotnet build tests/unit -c Release -v quiet -clp:NoSummary"
            + " && artifacts/dotnet/bin/NetMon.UnitTests/release/NetMon.UnitTests -noColor"
            + " -class '*.LayoutTests' -class '*.JsonLineTests' -class '*.JsonSchemaTests' -class '*.OtherFormatsTests' -class '*.SegmentTests' -class '*.CaptureColumnsTests' -class '*.CaptureRoundTripTests' -class '*.DocumentedColumnsTests'";
        var result = Shell.Script(script);
        Assert.True(result.ExitCode == 0 && !result.Output.Contains("Total: 0,", StringComparison.Ordinal), result.Output + result.Error);
    }

    /// <summary>The files that git would commit from this tree, in a separate folder, with the example applied.</summary>
    private static Scratch CopyWithExample()
    {
        Needs.Program("git");
        Needs.Program("clang");
        Assert.SkipUnless(Shell.Run("git", "-C", Repository.Root, "rev-parse").ExitCode == 0, "needs the tree as git has it");
        var tree = new Scratch();
        try
        {
            Shell.Script($"cd {Repository.Root} && git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -cf - -T - | tar -xf - -C {tree.Path}").MustSucceed();
            // One line of context is enough: the neighbours may change.
            var applied = Shell.Run("git", "-C", tree.Path, "apply", "-C1", "--whitespace=error-all", Path.Combine(Repository.Root, Example));
            Assert.True(applied.ExitCode == 0, $"{Example} does not fit any more; docs/add-a-probe.md says how it is renewed\n{applied.Error}");
            Assert.Contains("mss", File.ReadAllText(tree["schemas/record.h"]), StringComparison.Ordinal); // inside another repository, git applies nothing and reports nothing
            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    [GeneratedRegex("^  (--[a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex OptionName();

    [GeneratedRegex("netmon_[a-z_]+[a-z]")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"\]\(([^)#\s]+)[^)\s]*\)")]
    private static partial Regex Link();
}
