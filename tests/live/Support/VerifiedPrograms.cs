using System.Globalization;
using System.Text.RegularExpressions;
using NetMon.Bench;
using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>
/// The number of instructions that the kernel's verifier processes for each program, from <c>netmon doctor</c>, against perf/budgets.json:
/// its limit is a million.
/// </summary>
internal static partial class VerifiedPrograms
{
    private const string Limit = "verifier.instructions";

    /// <summary>
    /// Each attached program is within the budget; returns a description of the largest. Kernels before 5.16 do not report it.
    /// </summary>
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
