using System.CommandLine;
using NetMon.Foundation.Logging;

namespace NetMon.Host.Commands;

/// <summary><c>--log-format</c>, common to all commands.</summary>
internal static class LogFormatSetting
{
    public static Option<string?> Create() =>
        EnvironmentOption.Create(LogFormatOption.Name, LogFormatOption.Words, LogFormatOption.Description, LogFormatOption.Fallback);

    /// <summary>Parses the format. Throws <see cref="UsageException"/> for an unknown word.</summary>
    public static LogFormat Read(string? text) => LogFormatOption.Parse(text) ?? throw new UsageException(LogFormatOption.Refusal(text));
}
