using System.Diagnostics;
using System.Globalization;
using NetMon.Foundation;

namespace NetMon.Query.Buckets;

/// <summary>One line on a terminal while something takes more than a second, gone when it is done. One thread.</summary>
/// <param name="terminal">Null where nobody watches.</param>
/// <param name="source">Where things come from.</param>
internal sealed class FetchProgress(TextWriter? terminal, string source)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private const string EraseLine = "\r\e[K";
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next = Quiet;

    /// <summary>What is watched on stderr, if that is a terminal.</summary>
    public static TextWriter? Terminal => Console.IsErrorRedirected ? null : Console.Error;

    public void Listed(int objects) => Show(string.Create(CultureInfo.InvariantCulture, $"listing {source}: {objects} objects"));

    public void Fetched(int files, int ofFiles, long bytes, long ofBytes) => Show(
        string.Create(CultureInfo.InvariantCulture, $"fetching from {source}: {files} of {ofFiles} files, {ByteSize.Text(bytes)} of {ByteSize.Text(ofBytes)}"));

    /// <summary>Takes the line away.</summary>
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
