namespace NetMon.Foundation.Logging;

/// <summary>Writes the log lines of one component. Any thread, unless what it writes to says otherwise.</summary>
public sealed class Logger
{
    private readonly Action<LogEntry> _write;
    private readonly string _component;

    /// <param name="write">Takes each entry; must not throw.</param>
    /// <param name="component">The component's name, up to 16 ASCII characters.</param>
    public Logger(Action<LogEntry> write, string component)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(component.Length, LogLine.MaxComponentBytes);
        (_write, _component) = (write, component);
    }

    /// <summary>The same for another component.</summary>
    public Logger For(string component) => new(_write, component);

    /// <summary>Normal operation.</summary>
    public void Info(string message) => _write(new LogEntry(LogLevel.Info, _component, message));

    /// <summary>Something works less well than it should.</summary>
    public void Warn(string message) => _write(new LogEntry(LogLevel.Warn, _component, message));

    /// <summary>Data is lost, or the program ends.</summary>
    public void Error(string message) => _write(new LogEntry(LogLevel.Error, _component, message));
}
