using System.Diagnostics;

namespace NetMon.LiveTests.Support;

/// <summary>A program that advances on lines from stdin and reports its progress on stdout, one line each. Not thread-safe.</summary>
internal sealed class HeldProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private HeldProcess(string program, IEnumerable<string> arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _error = _process.StandardError.ReadToEndAsync();
    }

    public static HeldProcess Start(string program, params IEnumerable<string> arguments) => new(program, arguments);

    /// <summary>Waits until it prints this line; returns the lines before it.</summary>
    /// <exception cref="InvalidOperationException">It ended, or printed nothing for too long.</exception>
    public IReadOnlyList<string> WaitForLine(string wanted)
    {
        List<string> before = [];
        while (NextLine() is { } line)
        {
            if (line == wanted)
            {
                return before;
            }

            before.Add(line);
        }

        throw new InvalidOperationException($"it ended with {WaitForExit().ExitCode} before it printed '{wanted}':\n{string.Join('\n', before)}\n{_error.Result}");
    }

    /// <summary>Writes a line to its stdin.</summary>
    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Closes its stdin and waits for its exit; returns the output since the last line waited for.</summary>
    public Shell.Result End()
    {
        _process.StandardInput.Close();
        return WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private string? NextLine()
    {
        var line = _process.StandardOutput.ReadLineAsync();
        return line.Wait(Patience.Limit) ? line.Result : throw new InvalidOperationException("it printed nothing for too long");
    }

    private Shell.Result WaitForExit()
    {
        var output = _process.StandardOutput.ReadToEndAsync();
        return _process.WaitForExit(Patience.Limit) ? new Shell.Result(_process.ExitCode, output.Result, _error.Result) : throw new TimeoutException("it did not end");
    }
}
