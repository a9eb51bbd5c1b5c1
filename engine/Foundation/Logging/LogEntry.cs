namespace NetMon.Foundation.Logging;

/// <summary>What a log line says.</summary>
/// <param name="Level">How much it matters.</param>
/// <param name="Component">The part of the program that it comes from, up to 16 ASCII characters.</param>
/// <param name="Message">What happened, why, and what to do. It may span lines and may quote names that a stranger chose.</param>
public readonly record struct LogEntry(LogLevel Level, string Component, string Message);
