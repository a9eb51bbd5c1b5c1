using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using NetMon.Foundation;
using NetMon.Foundation.Logging;

namespace NetMon.Host;

/// <summary>
/// A child process that works for this agent, which keeps libraries, slow networks and credentials out of the tracing process. It ends
/// with the agent, however the agent ends. If it exits by itself, it is restarted after growing pauses.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>How long the child may take to exit after its stdin was closed.</summary>
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(1);

    /// <summary>A child that lived this long counts as healthy: the next pause is short again.</summary>
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(10);

    private readonly ChildProgram _program;
    private readonly FaultState _fault;
    private readonly Logger _log;
    private readonly BackOff _pause = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watch;
    private volatile Process _process;
    private bool _ended;

    /// <summary>Starts the program.</summary>
    /// <exception cref="IOException">The program can't be started.</exception>
    public ChildProcess(ChildProgram program, FaultState fault, Logger log)
    {
        (_program, _fault, _log) = (program, fault, log);
        _process = Start();
        _watch = WatchAsync();
    }

    /// <summary>Ends the child: sends the program's last word, if any, and waits for its last work; else stops it immediately.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        try
        {
            if (_program.LastWord is { } word)
            {
                await _process.StandardInput.WriteLineAsync(word).ConfigureAwait(false);
                await _process.StandardInput.FlushAsync().ConfigureAwait(false);
            }

            if (!await EndedAsync(_program.LastLook).ConfigureAwait(false))
            {
                _process.StandardInput.Close();
                if (!await EndedAsync(EndBound).ConfigureAwait(false))
                {
                    _process.Kill();
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            _log.Warn($"{_program.Name} is not running{_program.IfNotRunning}");
        }

        _process.Dispose();
        _stop.Dispose();
    }

    private Process Launch(string path)
    {
        var start = new ProcessStartInfo(path, _program.Arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = _program.ReadOutput is not null };
        foreach (var name in start.Environment.Keys.Where(name => !_program.MayKnow(name)).ToArray())
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start)!;
    }

    private Process Start()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, _program.Name);
        try
        {
            return Launch(File.Exists(beside) ? beside : _program.Name);
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{_program.Name} can't be started ({e.Message}): it is not at {beside} and not on the PATH. Build it with make build; without {_program.Option} it is not needed", e);
        }
    }

    private async Task WatchAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var why = await RunAsync().ConfigureAwait(false);
                if (Stopwatch.GetElapsedTime(since) > Healthy)
                {
                    _pause.Reset();
                }

                await RestartAsync(why).ConfigureAwait(false);
                since = Stopwatch.GetTimestamp();
            }
            catch (OperationCanceledException)
            {
                // The agent is stopping.
            }
        }
    }

    /// <summary>Reads the child's output until it exits; returns the reason for the exit.</summary>
    private async Task<string> RunAsync()
    {
        try
        {
            if (_program.ReadOutput is { } read)
            {
                await read(_process.StandardOutput.BaseStream, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _process.Kill(); // nothing reads its output any more
            await _process.WaitForExitAsync(_stop.Token).ConfigureAwait(false);
            return e.Message.TrimEnd('.');
        }

        await _process.WaitForExitAsync(_stop.Token).ConfigureAwait(false);
        return $"{_program.Name} ended unexpectedly with exit code {_process.ExitCode}";
    }

    /// <summary>Restarts the child after a pause; retries until that succeeds.</summary>
    private async Task RestartAsync(string why)
    {
        while (true)
        {
            var pause = _pause.Next();
            _fault.Failed(why);
            _log.Warn(string.Create(CultureInfo.InvariantCulture, $"{why}; restarting it in {pause.TotalSeconds:0} s. {_program.Meanwhile}"));
            await Task.Delay(pause, _stop.Token).ConfigureAwait(false);
            try
            {
                var next = Start();
                _process.Dispose();
                _process = next;
                _fault.Works();
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                why = e.Message.TrimEnd('.');
            }
        }
    }

    private async Task<bool> EndedAsync(TimeSpan patience)
    {
        using var bound = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(bound.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
