using System.Text;

namespace NetMon.Uploader;

/// <summary>
/// Lines for the operator, on stderr. Nothing that a server says gets through unbounded, with control characters, or with a
/// credential in it. A failure is told when it starts or changes, then after a minute, twice as long each time, up to six
/// hours. One thread.
/// </summary>
internal sealed class Messages
{
    private const int LongestLine = 1024;
    private const string Hidden = "(hidden)";
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(6);

    /// <summary>Values that no line may have. Short ones are no secrets and are in any text.</summary>
    private readonly string[] _secrets = [.. new[] { "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_CONTAINER_AUTHORIZATION_TOKEN" }
        .Select(Environment.GetEnvironmentVariable).OfType<string>().Where(value => value.Length >= 6)];

    private string? _failure;
    private TimeSpan _interval;
    private long _nextReport;

    public void Line(string text)
    {
        var line = new StringBuilder("archive: ");
        foreach (var rune in Array.TrueForAll(_secrets, secret => !text.Contains(secret, StringComparison.Ordinal)) ? text : Hide(text))
        {
            line.Append(char.IsControl(rune) ? ' ' : rune);
        }

        Console.Error.WriteLine(line.Length <= LongestLine ? line : line.ToString(0, LongestLine) + "…");
    }

    /// <summary>It fails, for this reason; and what to add, which may change without being news.</summary>
    public void Failed(string why, string more)
    {
        var now = Environment.TickCount64;
        if (why == _failure && now < _nextReport)
        {
            return;
        }

        _interval = why != _failure ? FirstInterval : _interval * 2 < LongestInterval ? _interval * 2 : LongestInterval;
        _nextReport = now + (long)_interval.TotalMilliseconds;
        _failure = why;
        Line($"{why}. {more}");
    }

    /// <summary>It works; told if it did not.</summary>
    public void Works(string what)
    {
        if (_failure is not null)
        {
            _failure = null;
            Line(what);
        }
    }

    private string Hide(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        }

        return text;
    }
}
