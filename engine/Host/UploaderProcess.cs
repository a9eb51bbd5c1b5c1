using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Storage;
using NetMon.Storage.Uploads;

namespace NetMon.Host;

/// <summary>
/// netmon-archive, a process of its own that uploads what this agent seals: the library for buckets, the network's
/// slowness and the credentials stay out of the one that traces. It ends with this process, however that ends; when it
/// ends by itself it is started again, later each time.
/// </summary>
internal sealed class UploaderProcess : IAsyncDisposable
{
    private const string Name = "netmon-archive";

    /// <summary>How long the child may take to end after its stdin was closed.</summary>
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(1);

    /// <summary>A child that lived this long was well: the next pause is a short one again.</summary>
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(10);

    /// <summary>How long the agent's end waits for what was sealed last.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(5);

    private readonly string[] _arguments;
    private readonly FaultState _fault;
    private readonly Logger _log;
    private readonly BackOff _pause = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watch;
    private volatile Process _process;
    private bool _ended;

    private UploaderProcess(string capture, UploadTarget target, long bytesPerSecond, LogFormat format, FaultState fault, Logger log)
    {
        (_fault, _log) = (fault, log);
        _arguments =
        [
            "--capture", capture, "--to", target.ToString(), "--bandwidth", bytesPerSecond.ToString(CultureInfo.InvariantCulture),
            LogFormatOption.Name, LogFormatOption.WordOf(format), "--child",
        ];
        _process = Start();
        _watch = WatchAsync();
    }

    /// <summary>Starts it; null where nothing is archived.</summary>
    /// <exception cref="CaptureDirectoryException">It can't be started.</exception>
    public static UploaderProcess? Start(RunSettings settings, FaultState fault, Logger log) => settings is { Capture: { } capture, Retention: { Archive: { } target, ArchiveBandwidth: var bandwidth } }
        ? new UploaderProcess(capture, target, bandwidth, settings.LogFormat, fault, log)
        : null;

    /// <summary>Lets it upload what is sealed now, for some seconds; what is not done then goes on at the next start.</summary>
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
            await _process.StandardInput.WriteLineAsync("finish").ConfigureAwait(false);
            await _process.StandardInput.FlushAsync().ConfigureAwait(false);
            if (!await EndedAsync(LastLook).ConfigureAwait(false))
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
            _log.Warn($"{Name} is not running; what is not in the bucket is uploaded after the next start");
        }

        _process.Dispose();
        _stop.Dispose();
    }

    private static Process Launch(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true })!;

    private Process Start()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, Name);
        try
        {
            return Launch(File.Exists(beside) ? beside : Name, _arguments);
        }
        catch (Win32Exception e)
        {
            throw new CaptureDirectoryException($"{Name} can't be started ({e.Message}): it is not at {beside} and not on the PATH. make build makes it; without --archive it is not needed", e);
        }
    }

    private async Task WatchAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _process.WaitForExitAsync(_stop.Token).ConfigureAwait(false);
                if (Stopwatch.GetElapsedTime(since) > Healthy)
                {
                    _pause.Reset();
                }

                await RestartAsync($"{Name} ended unexpectedly with exit code {_process.ExitCode}").ConfigureAwait(false);
                since = Stopwatch.GetTimestamp();
            }
            catch (OperationCanceledException)
            {
                // The agent ends.
            }
        }
    }

    /// <summary>Starts it again after a pause; again and again, where that fails.</summary>
    private async Task RestartAsync(string why)
    {
        while (true)
        {
            var pause = _pause.Next();
            _fault.Failed(why);
            _log.Warn(string.Create(CultureInfo.InvariantCulture, $"{why}; restarting it in {pause.TotalSeconds:0} s. Until then nothing is uploaded, and nothing that waits is removed."));
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
