using System.Globalization;

namespace NetMon.Query.Report;

/// <summary>A line on a terminal that shows what a report waits for, from the second second on; removed on disposal. Thread-safe.</summary>
internal sealed class ReportProgress : IDisposable
{
    private const string EraseLine = "\r\e[K";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly TextWriter? _terminal;
    private readonly Timer? _timer;
    private string _step = "";
    private int _seconds;

    /// <param name="terminal">The terminal; null: no progress is shown.</param>
    public ReportProgress(TextWriter? terminal)
    {
        _terminal = terminal;
        _timer = terminal is null ? null : new Timer(_ => Show(), null, Interval, Interval);
    }

    /// <summary>Sets the current step.</summary>
    public void Step(string what)
    {
        lock (_gate)
        {
            _step = what;
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_gate)
        {
            if (_seconds > 0)
            {
                _terminal!.Write(EraseLine);
            }

            _seconds = -1;
        }
    }

    private void Show()
    {
        lock (_gate)
        {
            if (_seconds >= 0)
            {
                _seconds++;
                _terminal!.Write(string.Create(CultureInfo.InvariantCulture, $"{EraseLine}{_step}, {_seconds} s"));
            }
        }
    }
}
