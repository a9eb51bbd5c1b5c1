using System.Globalization;
using DuckDB.NET.Data;
using NetMon.Foundation;

namespace NetMon.Query;

/// <summary>
/// A progress line on a terminal while DuckDB takes more than a second, removed at the end: how much of the files has been read, and how
/// much of the answer has been written. Has its own thread.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private const string EraseLine = "\r\e[K";
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private readonly Lock _gate = new();
    private readonly TextWriter? _terminal;
    private readonly Func<double> _percent;
    private readonly Func<long> _written;
    private readonly Timer? _timer;
    private bool _isShown;
    private bool _isOver;

    /// <param name="terminal">The terminal; null: no progress is shown.</param>
    /// <param name="percent">Returns how much has been read; negative if unknown.</param>
    /// <param name="written">Returns the bytes of the answer so far.</param>
    public ProgressLine(TextWriter? terminal, Func<double> percent, Func<long> written)
    {
        (_terminal, _percent, _written) = (terminal, percent, written);
        _timer = terminal is null ? null : new Timer(_ => Show(), null, Quiet, Interval);
    }

    /// <summary>Removes the line permanently.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            if (_isShown && !_isOver)
            {
                _terminal!.Write(EraseLine);
            }

            _isOver = true;
        }
    }

    private void Show()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            var read = _percent() is >= 0 and <= 100 and var percent ? string.Create(CultureInfo.InvariantCulture, $"{percent:0} % read") : "reading";
            var written = _written() is > 0 and var bytes ? $", {ByteSize.Text(bytes)} written" : "";
            _terminal!.Write($"{EraseLine}{read}{written}");
            _isShown = true;
        }
    }
}
