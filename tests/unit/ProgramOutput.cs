using System.Diagnostics;

namespace NetMon.UnitTests;

/// <summary>Runs one of the product's programs, built beside these tests, until it exits.</summary>
internal sealed record ProgramOutput(int ExitCode, string Output, string Error)
{
    /// <param name="name">The assembly's name: netmon-query.</param>
    /// <param name="variables">Added to the environment of these tests, without its AWS_ and NETMON_ variables.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<ProgramOutput> Of(string name, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, name), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("AWS_", StringComparison.Ordinal) || key.StartsWith("NETMON_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(variable);
        }

        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        using var program = Process.Start(start)!;
        var output = program.StandardOutput.ReadToEndAsync();
        var error = program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync().WaitAsync(Patience.Limit);
        return new ProgramOutput(program.ExitCode, await output, await error);
    }
}
