namespace NetMon.Foundation.Logging;

/// <summary>The option <c>--log-format</c>, which all programs have: its words, and its value before the command line is parsed.</summary>
public static class LogFormatOption
{
    public const string Name = "--log-format";
    public const string Variable = "NETMON_LOG_FORMAT";
    public const string Words = "text|json";
    public const string Fallback = "text";
    public const string Description = "form of the log lines on stderr: text, or json, one object per line";

    /// <summary>What to say of a value that <see cref="Parse"/> does not take.</summary>
    public static string Refusal(string? value) => $"{Name} {value}: it takes text or json";

    /// <summary>Null if the text is none of the words.</summary>
    public static LogFormat? Parse(string? text) => text switch
    {
        "text" => LogFormat.Text,
        "json" => LogFormat.Json,
        _ => null,
    };

    /// <summary>The word for a format.</summary>
    public static string WordOf(LogFormat format) => format == LogFormat.Json ? "json" : "text";

    /// <summary>
    /// The format that the arguments, or else the environment, ask for. A wrong value counts as text here: parsing reports it,
    /// and like every error of the command line it is already a log line.
    /// </summary>
    public static LogFormat Of(ReadOnlySpan<string> arguments)
    {
        var value = Environment.GetEnvironmentVariable(Variable);
        for (var at = 0; at < arguments.Length; at++)
        {
            var argument = arguments[at];
            if (argument == Name)
            {
                value = at + 1 < arguments.Length ? arguments[at + 1] : null;
            }
            else if (argument.StartsWith(Name, StringComparison.Ordinal) && argument[Name.Length] is '=' or ':')
            {
                value = argument[(Name.Length + 1)..];
            }
        }

        return Parse(value) ?? LogFormat.Text;
    }
}
