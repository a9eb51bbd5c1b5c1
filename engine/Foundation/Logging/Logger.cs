namespace NetMon.Foundation.Logging;

/// <summary>Writes the log lines of one component. Thread-safe, unless its writer is not.</summary>
public sealed class Logger
{
    private readonly Action<LogEntry> _write;
    private readonly string _component;

    /// <param name="write">Receives each entry; must not throw.</param>
    /// <param name="component">The component's name, up to 16 ASCII characters.</param>
    public Logger(Action<LogEntry> write, string component)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(component.Length, LogLine.MaxComponentBytes);
        (_write, _component) = (write, component);
    }

    /// <summary>Returns a logger for another component.</summary>
    public Logger For(string component) => new(_write, component);

    /// <summary>Logs normal operation.</summary>
    public void Info(string message) => _write(new LogEntry(LogLevel.Info, _component, message));

    /// <summary>Logs degraded operation.</summary>
    public void Warn(string message) => _write(new LogEntry(LogLevel.Warn, _component, message));

    /// <summary>Logs data loss, or the end of the program.</summary>
    public void Error(string message) => _write(new LogEntry(LogLevel.Error, _component, message));
}
