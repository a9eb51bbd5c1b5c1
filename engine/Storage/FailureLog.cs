using System.Globalization;
using NetMon.Foundation;
using NetMon.Foundation.Logging;

namespace NetMon.Storage;

/// <summary>
/// Logs failures of an operation: immediately when it starts to fail or fails for a new reason, then at growing intervals, and once
/// when it works again. Thread-safe.
/// </summary>
/// <param name="log">The log to write to.</param>
/// <param name="what">The operation, such as "write to DIR".</param>
/// <param name="fault">Passes the state on to health and metrics.</param>
internal sealed class FailureLog(Logger log, string what, FaultState fault)
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly BackOff _interval = new(TimeSpan.FromSeconds(10), LongestInterval);
    private DateTimeOffset _nextReport;
    private DateTimeOffset _lastFailure;
    private int _lastError;
    private bool _failing;
    private bool _reported;
    private long _rowsLost;

    /// <summary>Records a failure that lost <paramref name="rowsLost"/> rows, or none yet.</summary>
    /// <param name="why">A disk error, or any other exception, which is a bug.</param>
    /// <param name="rowsLost">Rows.</param>
    public void Failed(Exception why, long rowsLost)
    {
        var isDisk = DiskFailure.Is(why);
        fault.Failed(isDisk ? why.Message : $"{why.GetType().Name}: {why.Message}");
        lock (_gate)
        {
            var now = TimeProvider.System.GetUtcNow();
            _rowsLost += rowsLost;
            if (now - _lastFailure > LongestInterval)
            {
                _interval.Reset();
                _nextReport = now;
            }

            if (now >= _nextReport || why.HResult != _lastError)
            {
                Report(isDisk
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{what} failed: {why.Message.TrimEnd('.')}; {_rowsLost} rows lost since start. Check that the directory exists, is writable and has free space. Retrying automatically.")
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{what} failed: {why.GetType().Name}: {why.Message.TrimEnd('.')}; {_rowsLost} rows lost since start. Retrying automatically. This is a bug: please report it."));
                _nextReport = now + _interval.Next();
                _reported = true;
            }

            (_failing, _lastFailure, _lastError) = (true, now, why.HResult);
        }
    }

    /// <summary>Records further rows lost because of the last failure.</summary>
    public void Lost(long rows)
    {
        lock (_gate)
        {
            _rowsLost += rows;
        }
    }

    /// <summary>Records a success.</summary>
    public void Succeeded()
    {
        fault.Works();
        lock (_gate)
        {
            if (_failing && _reported)
            {
                log.Info(string.Create(CultureInfo.InvariantCulture, $"{what} works again; {_rowsLost} rows lost since start."));
            }

            (_failing, _reported) = (false, false);
        }
    }

    private void Report(string message)
    {
        if (_rowsLost > 0)
        {
            log.Error(message);
        }
        else
        {
            log.Warn(message);
        }
    }
}
