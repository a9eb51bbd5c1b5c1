using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace NetMon.Bench.Peers;

/// <summary>An attached tracer; its lines go to a file. Throws <see cref="PeerException"/> with the reason if it can't run here.</summary>
internal sealed class PeerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);
    private static readonly string[] Attachments = ["anon_inode:bpf_link", "anon_inode:bpf-link", "anon_inode:[perf_event]"];
    private readonly Peer _peer;
    private readonly string _output;
    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    public PeerProcess(Peer peer, string output)
    {
        // A shell makes the file its stdout, as users do; exec: the process is the tracer.
        (_peer, _output) = (peer, output);
        _process = new Process { StartInfo = new ProcessStartInfo("/bin/sh", ["-c", "out=$1; shift; exec \"$@\" > \"$out\"", "sh", output, .. peer.Command]) { RedirectStandardError = true } };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        try
        {
            _process.Start();
        }
        catch (Win32Exception e)
        {
            throw new PeerException(e.Message);
        }

        _process.BeginErrorReadLine();
        WaitUntilAttached();
    }

    public Usage Usage => Usage.Of(_process.Id);

    /// <summary>Waits until its work is done: until it has used no CPU time for a while.</summary>
    public void WaitUntilQuiet()
    {
        var until = Stopwatch.GetTimestamp() + (long)(Patience.TotalSeconds * Stopwatch.Frequency);
        double before;
        do
        {
            before = Usage.CpuSeconds;
            Thread.Sleep(Quiet);
        }
        while (Usage.CpuSeconds - before > 0.05 * Quiet.TotalSeconds && Stopwatch.GetTimestamp() < until); // some tracers poll
    }

    /// <summary>Sends SIGINT; it has to exit.</summary>
    public void Stop()
    {
        Tools.Run("kill", "-INT", _process.Id.ToString(CultureInfo.InvariantCulture));
        if (!_process.WaitForExit(Patience))
        {
            throw new PeerException($"does not end by SIGINT within {Patience.TotalSeconds} s");
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

    /// <summary>It has an attached program, and its files have not changed for a while: no tracer reports readiness in time.</summary>
    private void WaitUntilAttached()
    {
        var started = Stopwatch.GetTimestamp();
        var (files, since) = (string.Empty, started);
        while (!Attachments.Any(files.Contains) || Stopwatch.GetElapsedTime(since) < Quiet)
        {
            if (_process.HasExited)
            {
                _process.WaitForExit();
                throw new PeerException(Reason());
            }

            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new PeerException($"has attached nothing within {Patience.TotalSeconds} s");
            }

            var now = Files();
            if (now != files)
            {
                (files, since) = (now, Stopwatch.GetTimestamp());
            }

            Thread.Sleep(BetweenLooks);
        }
    }

    private string Files()
    {
        try
        {
            return string.Join('\n', new DirectoryInfo($"/proc/{_process.Id}/fd").EnumerateFiles().Select(file => $"{file.Name} {file.LinkTarget}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // it has exited, or has just closed one
        }
    }

    private string Reason()
    {
        lock (_errors)
        {
            var lines = (_errors.ToString() + File.ReadAllText(_output)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var line = lines.FirstOrDefault(line => line.Contains("nable to", StringComparison.Ordinal))
                ?? lines.FirstOrDefault(line => line.Contains("ailed", StringComparison.Ordinal) || line.Contains("rror", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "it says nothing";
            return line.Contains("not found", StringComparison.Ordinal) && _peer.Package.Length > 0
                ? $"not installed (Debian: apt-get install {_peer.Package})"
                : $"ends with {_process.ExitCode}: {line}";
        }
    }
}
