using System.Diagnostics;

namespace NetMon.LiveTests.Support;

/// <summary>Runs a program until it exits.</summary>
internal static class Shell
{
    /// <summary>The output and exit code of a program.</summary>
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

    /// <summary>Runs a shell command.</summary>
    public static Result Script(string script) => Run("/bin/sh", "-c", script);
}
