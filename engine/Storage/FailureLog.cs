using System.Globalization;

namespace NetMon.Storage;

/// <summary>
/// Tells the operator that something fails: at once when it starts or fails in another way, then less and less often, and
/// once when it works again. Any thread.
/// </summary>
/// <param name="report">Takes a line.</param>
/// <param name="doing">What fails, as in "writing to DIR".</param>
internal sealed class FailureLog(Action<string> report, string doing)
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private TimeSpan _interval = FirstInterval;
    private DateTimeOffset _nextReport;
    private DateTimeOffset _lastFailure;
    private int _lastError;
    private bool _failing;
    private bool _reported;
    private long _rowsLost;

    /// <summary>It failed, and so many rows are lost for that, maybe none yet.</summary>
    public void Failed(Exception why, long rowsLost)
    {
        lock (_gate)
        {
            var now = TimeProvider.System.GetUtcNow();
            _rowsLost += rowsLost;
            if (now - _lastFailure > LongestInterval)
            {
                (_interval, _nextReport) = (FirstInterval, now);
            }

            if (now >= _nextReport || why.HResult != _lastError)
            {
                report(string.Create(
                    CultureInfo.InvariantCulture,
                    $"parquet: {doing} fails: {why.Message}; {_rowsLost} rows lost for that since the start. See that the folder is there, is writable and has free space; it goes on by itself then."));
                _nextReport = now + _interval;
                _interval = _interval * 2 < LongestInterval ? _interval * 2 : LongestInterval;
                _reported = true;
            }

            (_failing, _lastFailure, _lastError) = (true, now, why.HResult);
        }
    }

    /// <summary>Rows were given up for the failure told of last.</summary>
    public void Lost(long rows)
    {
        lock (_gate)
        {
            _rowsLost += rows;
        }
    }

    /// <summary>It worked.</summary>
    public void Succeeded()
    {
        lock (_gate)
        {
            if (_failing && _reported)
            {
                report(string.Create(CultureInfo.InvariantCulture, $"parquet: {doing} works again; {_rowsLost} rows lost since the start."));
            }

            (_failing, _reported) = (false, false);
        }
    }
}
