using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace NetMon.Bench;

/// <summary>A bin/netmon run, from ready to its last line.</summary>
internal sealed partial class Agent : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly ManualResetEventSlim _ready = new();

    private Agent(bool readStdout, string[] arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(Tools.Agent, ["run", .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = readStdout },
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }

            if (line.Data is null || line.Data.Contains("ready:", StringComparison.Ordinal))
            {
                _ready.Set();
            }
        };
        _process.Start();
        _process.BeginErrorReadLine();
        if (!_ready.Wait(Patience) || !Log.Contains("ready:", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"the agent did not get ready:\n{Log}");
        }
    }

    public int Id => _process.Id;

    public StreamReader Output => _process.StandardOutput;

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

    public Usage Usage => Usage.Of(_process.Id);

    /// <summary>Starts it; inherits stdout unless the caller reads it.</summary>
    public static Agent Start(params string[] arguments) => new(readStdout: false, arguments);

    /// <summary>The same; the bench reads its lines.</summary>
    public static Agent StartPiped(params string[] arguments) => new(readStdout: true, arguments);

    /// <summary>Sends SIGTERM and waits for the drain.</summary>
    public void Stop()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        WaitForEnd();
    }

    public void WaitForEnd()
    {
        if (!_process.WaitForExit(Patience))
        {
            throw new TimeoutException($"the agent does not end:\n{Log}");
        }

        _process.WaitForExit(); // also waits for the end of stderr
        if (_process.ExitCode != 0)
        {
            throw new InvalidOperationException($"the agent ended with {_process.ExitCode}:\n{Log}");
        }
    }

    /// <summary>Waits for its exit and samples it until then; returns the last sample.</summary>
    public Usage WatchToEnd()
    {
        var last = Usage;
        while (TryUsage() is { } now)
        {
            last = now with { GeneratorSeconds = Math.Max(now.GeneratorSeconds, last.GeneratorSeconds) }; // the generator's thread ends before the agent does
            Thread.Sleep(5);
        }

        WaitForEnd();
        return last;
    }

    /// <summary>A count from the summary of events: seen, json, parquet, source.ring_full; 0 if it is not there.</summary>
    public long Count(string name) => Number(Account("stopped:"), name) ?? 0;

    /// <summary>A number from the summary of memory: allocated (bytes), gen0, gen1, gen2, resident (KiB, peak).</summary>
    public long Memory(string name) => Number(Account("memory:"), name) ?? throw new InvalidOperationException($"the agent reports no {name}: {Account("memory:")}");

    /// <summary>All losses in the summary.</summary>
    public long Lost()
    {
        var account = Account("stopped:");
        var lost = account.IndexOf("lost: ", StringComparison.Ordinal);
        return lost < 0 ? 0 : Numbers().Matches(account[lost..]).Sum(match => long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _ready.Dispose();
    }

    /// <summary>Null after it has exited.</summary>
    private Usage? TryUsage()
    {
        try
        {
            return Usage is { ResidentMebibytes: > 0 } usage ? usage : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    private string Account(string of) => Log.Split('\n').LastOrDefault(line => line.Contains($" info agent: {of}", StringComparison.Ordinal))
        ?? throw new InvalidOperationException($"the agent's last lines have none with {of} (is bin/netmon of this source? make build):\n{Log}");

    private static long? Number(string account, string name) =>
        Numbers().Matches(account).FirstOrDefault(match => match.Groups[1].Value == name) is { } found ? long.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"([a-z_.]+[0-2]?) (\d+)")]
    private static partial Regex Numbers();
}
