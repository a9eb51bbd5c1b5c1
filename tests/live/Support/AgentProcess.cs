using System.Diagnostics;
using System.Text;

namespace NetMon.LiveTests.Support;

/// <summary>A running agent: started and ready; a signal stops it. Its JSON lines go to a file.</summary>
internal sealed class AgentProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AgentProcess(string program, IEnumerable<string> arguments, bool readStdout)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = readStdout },
        };
        _process.StartInfo.Environment["NETMON_STATE"] = "none"; // overridden by an argument: a test must not inherit another test's state
        _process.ErrorDataReceived += (_, line) => TakeLog(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public StreamReader StandardOutput => _process.StandardOutput;

    /// <summary>Everything on stderr so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts <c>netmon run</c> and waits until it is ready.</summary>
    public static AgentProcess Start(params string[] arguments) => Start(Repository.Agent, ["run", .. arguments], readStdout: false);

    /// <summary>The same through another program (a shell, ip netns exec); the test may read stdout.</summary>
    public static AgentProcess Start(string program, IEnumerable<string> arguments, bool readStdout)
    {
        var agent = new AgentProcess(program, arguments, readStdout);
        if (!agent._ready.Task.Wait(Patience.Limit))
        {
            agent.Dispose();
            throw new TimeoutException($"the agent was not ready in time; it said:\n{agent.Log}");
        }

        return agent;
    }

    /// <summary>Sends a signal by its name.</summary>
    public void Signal(string name) => Shell.Script($"kill -{name} {_process.Id}").MustSucceed();

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits for its exit; returns the exit code.</summary>
    public int WaitForExit()
    {
        if (!_process.WaitForExit(Patience.Limit))
        {
            throw new TimeoutException($"the agent did not end; it said:\n{Log}");
        }

        _process.WaitForExit(); // also waits for the end of stderr
        return _process.ExitCode;
    }

    /// <summary>Sends SIGTERM; the drain must succeed.</summary>
    public void Stop()
    {
        Signal("TERM");
        var code = WaitForExit();
        if (code != 0)
        {
            throw new InvalidOperationException($"the agent ended with {code}:\n{Log}");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void TakeLog(string? line)
    {
        if (line is null)
        {
            _ready.TrySetException(new InvalidOperationException($"the agent ended before it was ready:\n{Log}"));
            return;
        }

        lock (_log)
        {
            _log.AppendLine(line);
        }

        if (line.Contains("ready:", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }
}
