using NetMon.Foundation;
using NetMon.Foundation.Logging;

namespace NetMon.Uploader;

/// <summary>
/// Log lines with credentials removed from messages of servers and libraries. A failure is logged when it starts or changes, then after a minute, with the
/// interval doubling up to six hours. Not thread-safe.
/// </summary>
internal sealed class Messages(Logger log)
{
    private const int MaxCharacters = 1024;
    private const string Hidden = "(hidden)";

    /// <summary>Values that no line may contain. Shorter ones are not secrets and occur in any text.</summary>
    private readonly string[] _secrets = [.. new[] { "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_CONTAINER_AUTHORIZATION_TOKEN" }
        .Select(Environment.GetEnvironmentVariable).OfType<string>().Where(value => value.Length >= 6)];

    private readonly BackOff _repeat = new(TimeSpan.FromMinutes(1), TimeSpan.FromHours(6));
    private string? _failure;
    private long _nextReport;

    public void Info(string text) => log.Info(Clean(text));

    public void Error(string text) => log.Error(Clean(text));

    /// <summary>Records a failure with its reason, and details whose changes are not logged.</summary>
    public void Failed(string why, string more)
    {
        var now = Environment.TickCount64;
        if (why == _failure && now < _nextReport)
        {
            return;
        }

        if (why != _failure)
        {
            _repeat.Reset();
        }

        _nextReport = now + (long)_repeat.Next().TotalMilliseconds;
        _failure = why;
        log.Warn(Clean($"{why}. {more}"));
    }

    /// <summary>Records a success; logged after a failure.</summary>
    public void Works(string what)
    {
        if (_failure is not null)
        {
            _failure = null;
            Info(what);
        }
    }

    /// <summary>Removes credentials from a text, and limits its length.</summary>
    public string Clean(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        }

        return text.Length <= MaxCharacters ? text : string.Concat(text.AsSpan(0, MaxCharacters), "…");
    }
}
