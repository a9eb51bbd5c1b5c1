using System.Diagnostics;

namespace NetMon.LiveTests.Support;

/// <summary>Runs a program to its end.</summary>
internal static class Shell
{
    /// <summary>What a program said and how it ended.</summary>
    public sealed record Result(int ExitCode, string Output, string Error)
    {
        public Result MustSucceed() => ExitCode == 0
            ? this
            : throw new InvalidOperationException($"exit code {ExitCode}\n{Output}\n{Error}");
    }

    public static Result Run(string program, params string[] arguments) => Run(Patience.LongLimit, program, arguments);

    public static Result Run(TimeSpan patience, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        }

        return new Result(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>A line of shell.</summary>
    public static Result Script(string script) => Run("/bin/sh", "-c", script);
}
