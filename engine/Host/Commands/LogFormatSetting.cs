using System.CommandLine;
using NetMon.Foundation.Logging;

namespace NetMon.Host.Commands;

/// <summary><c>--log-format</c>, which every command has.</summary>
internal static class LogFormatSetting
{
    public static Option<string?> Create() =>
        EnvironmentOption.Create(LogFormatOption.Name, LogFormatOption.Words, LogFormatOption.Description, LogFormatOption.Fallback);

    /// <summary>The format that was asked for. Throws <see cref="UsageException"/> for a word that is none.</summary>
    public static LogFormat Read(string? text) => LogFormatOption.Parse(text) ?? throw new UsageException(LogFormatOption.Refusal(text));
}
