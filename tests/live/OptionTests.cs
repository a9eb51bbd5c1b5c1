using System.Text.RegularExpressions;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// Every option of every program, from its help, with values that it does not accept: exit code 2, one short line on stderr,
/// nothing on stdout. A new option is included automatically.
/// </summary>
[Trait("suite", "offline")]
public sealed class OptionTests(ITestOutputHelper output) : IDisposable
{
    private const int LongestLine = 300;
    private static readonly string Huge = new('x', 5000);
    private static readonly string[] Values = ["", Huge, "-1", "NaN", "∞", "1e999", "99999999999999999999", "\u202eabc", "a\nb", "😀", "@/etc/passwd", "%n%s"];

    // Names and paths may be anything except empty and too long: whether they exist is another matter.
    private static readonly string[] TakesAnyText =
    [
        "--cache", "--node", "--json", "--capture", "--record", "--state", "--file", "--kubernetes-token-file", "--kubernetes-ca-file", "--pod-labels",
        "--namespace", "--pod", "--container", "--workload", "--process", "--from", "--to", "--peer",
    ];

    private readonly Scratch _scratch = new();

    public static TheoryData<string> Commands => ["netmon run", "netmon seal", "netmon forget", "netmon doctor", "netmon query", "netmon export", "netmon files", "netmon report", "netmon observe", "netmon top", "netmon-archive"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void An_invalid_value_is_refused_in_one_line(string command)
    {
        var (program, rest) = Program(command);
        var help = Shell.Run(program, [.. rest, "--help"]).MustSucceed().Output;
        var options = Regex.Matches(help, @"^  (?:-\w, )*(--[a-z-]+)(?:, -\w)? <[^\n]*?(?:\[(NETMON_[A-Z_]+)\])?(?: \[default: [^\n]*\])?$", RegexOptions.Multiline);
        Assert.Equal(Regex.Count(help, "^  .*--[a-z-]+(, -.)? <", RegexOptions.Multiline), options.Count);
        Assert.NotEmpty(options);
        List<(string Name, string Value, string[] Variables, string[] Words)> runs = [];
        foreach (Match option in options)
        {
            var (name, variable) = (option.Groups[1].Value, option.Groups[2].Value);
            foreach (var value in Values)
            {
                runs.Add((name, value, [], [$"{name}={value}", .. Others(command, name)]));
                runs.Add((name, value, [], [name, value, .. Others(command, name)]));
                if (variable.Length > 0 && value.Length > 0) // an empty variable counts as unset
                {
                    runs.Add((name, value, [$"{variable}={value}"], Others(command, name)));
                }
            }
        }

        Parallel.ForEach(runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, run => Check(run.Name, run.Value, Run(run.Variables, [program, .. rest, .. run.Words])));
        output.WriteLine($"{command}: {options.Count} options, {runs.Count} runs");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void An_unknown_option_is_refused_in_one_line(string command)
    {
        var (program, rest) = Program(command);
        foreach (var word in (string[])["--nonsense", $"--{Huge}", "-😀", "--nonsense=1"])
        {
            AssertRefused("", word, Run([], [program, .. rest, word, .. Others(command, "")]));
        }
    }

    public void Dispose() => _scratch.Dispose();

    private static (string Program, string[] Before) Program(string command) => command == "netmon-archive"
        ? (Path.Combine(Path.GetDirectoryName(Repository.Agent)!, "netmon-archive"), [])
        : (Repository.Agent, [command.Split(' ')[1]]);

    /// <summary>The other arguments of a command line, so that only the option under test can be wrong.</summary>
    private static string[] Others(string command, string option)
    {
        string[] others = command switch
        {
            "netmon run" => ["--source", "synthetic:count=1", "--json", "none"],
            "netmon seal" => ["--capture", "."],
            "netmon query" => ["--capture", ".", .. option == "--file" ? Array.Empty<string>() : ["SELECT 1"]],
            "netmon export" or "netmon files" or "netmon report" or "netmon observe" or "netmon top" => ["--capture", "."],
            "netmon-archive" => ["--capture", ".", "--to", "s3://bucket", "--once"],
            _ => [],
        };
        var at = Array.IndexOf(others, option);
        return at < 0 ? others : [.. others[..at], .. others[(at + 2)..]];
    }

    private static void Check(string name, string value, Shell.Result result)
    {
        if (TakesAnyText.Contains(name) && value.Length is > 0 and < 1000 && result.ExitCode != 2)
        {
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
            Assert.InRange(result.ExitCode, 0, 3);
            return;
        }

        AssertRefused(name, value, result);
    }

    private static void AssertRefused(string name, string value, Shell.Result result)
    {
        var what = $"{name} {(value.Length > 100 ? value[..100] : value)}: exit code {result.ExitCode}, stdout '{result.Output}', stderr '{result.Error}'";
        Assert.True(result.ExitCode == 2, what);
        Assert.True(result.Output.Length == 0, what);
        Assert.True(result.Error.TrimEnd('\n') is { Length: <= LongestLine } line && !line.Contains('\n', StringComparison.Ordinal), what);
        Assert.True(result.Error.Contains(name, StringComparison.Ordinal), what);
    }

    private Shell.Result Run(string[] variables, string[] command) =>
        Shell.Run("env", ["-u", "NODE_NAME", "-C", _scratch.Path, "NETMON_STATE=none", .. variables, .. command]);
}
