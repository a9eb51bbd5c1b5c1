namespace NetMon.Foundation.Logging;

/// <summary>A log entry.</summary>
/// <param name="Level">The severity.</param>
/// <param name="Component">The part of the program that it comes from, up to 16 ASCII characters.</param>
/// <param name="Message">What happened, why, and how to fix it. It may span lines and may quote untrusted names.</param>
public readonly record struct LogEntry(LogLevel Level, string Component, string Message);
