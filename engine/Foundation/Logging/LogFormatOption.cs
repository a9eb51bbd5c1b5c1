namespace NetMon.Foundation.Logging;

/// <summary>The option <c>--log-format</c>, common to all programs: its values, and how to read it before the command line is parsed.</summary>
public static class LogFormatOption
{
    public const string Name = "--log-format";
    public const string Variable = "NETMON_LOG_FORMAT";
    public const string Words = "text|json";
    public const string Fallback = "text";
    public const string Description = "format of the log lines on stderr: text, or json (one object per line)";

    /// <summary>Returns the error message for a value that <see cref="Parse"/> rejects.</summary>
    public static string Refusal(string? value) => $"{Name} {value}: expected text or json";

    /// <summary>Parses a value; null if unknown.</summary>
    public static LogFormat? Parse(string? text) => text switch
    {
        "text" => LogFormat.Text,
        "json" => LogFormat.Json,
        _ => null,
    };

    /// <summary>Returns the option's value for a format.</summary>
    public static string WordOf(LogFormat format) => format == LogFormat.Json ? "json" : "text";

    /// <summary>
    /// Returns the format selected by the arguments, or else by the environment. An invalid value counts as text here: parsing will report it, in
    /// a log line like every command line error.
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
