using System.Diagnostics;
using System.Globalization;
using NetMon.Foundation;

namespace NetMon.Query.Buckets;

/// <summary>A progress line on a terminal for operations that take more than a second, removed at the end. Not thread-safe.</summary>
/// <param name="terminal">The terminal; null: no progress is shown.</param>
/// <param name="source">Where the files come from.</param>
internal sealed class FetchProgress(TextWriter? terminal, string source)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private const string EraseLine = "\r\e[K";
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next = Quiet;

    /// <summary>Standard error if it is a terminal, else null.</summary>
    public static TextWriter? Terminal => Console.IsErrorRedirected ? null : Console.Error;

    public void Listed(int objects) => Show(string.Create(CultureInfo.InvariantCulture, $"listing {source}: {objects} objects"));

    public void Fetched(int files, int ofFiles, long bytes, long ofBytes) => Show(
        string.Create(CultureInfo.InvariantCulture, $"fetching from {source}: {files} of {ofFiles} files, {ByteSize.Text(bytes)} of {ByteSize.Text(ofBytes)}"));

    /// <summary>Removes the line.</summary>
    public void Clear()
    {
        if (_next > Quiet)
        {
            terminal?.Write(EraseLine);
        }

        _clock.Restart();
        _next = Quiet;
    }

    private void Show(string text)
    {
        if (terminal is not null && _clock.Elapsed >= _next)
        {
            terminal.Write(EraseLine + text);
            _next = _clock.Elapsed + Interval;
        }
    }
}
