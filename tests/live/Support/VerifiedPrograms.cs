using System.Globalization;
using System.Text.RegularExpressions;
using NetMon.Bench;
using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>How far the kernel's verifier had to go for each program, as <c>netmon doctor</c> says, against perf/budgets.json: it gives up at a million instructions.</summary>
internal static partial class VerifiedPrograms
{
    private const string Limit = "verifier.instructions";

    /// <summary>Each program that attaches is within the budget; the largest, in words. Kernels before 5.16 do not say it.</summary>
    public static string AssertWithinBudget(string doctor)
    {
        var budget = Budget.Read(Path.Combine(Repository.Root, "perf/budgets.json"))[Limit];
        var programs = Line().Matches(doctor).Select(line => (Hook: line.Groups[1].Value, Instructions: int.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture))).ToList();
        Assert.All(programs, program => Assert.True(budget.Violation(program.Instructions) is null, $"{program.Hook}: {program.Instructions} instructions verified, {budget.Limit}"));
        return programs.Count == 0
            ? "this kernel does not say how many instructions were verified"
            : programs.MaxBy(program => program.Instructions) is var (hook, most) ? $"{programs.Count} programs, most instructions verified: {most} ({hook})" : "";
    }

    [GeneratedRegex(@"^✓ (\S.*?)  +loads, attaches; ([0-9]+) instructions verified$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
