namespace NetMon.Foundation.Logging;

/// <summary>The severity of a log line.</summary>
public enum LogLevel
{
    /// <summary>Normal operation.</summary>
    Info,

    /// <summary>Degraded operation: a runtime is unavailable, storage is paused, lines are dropped.</summary>
    Warn,

    /// <summary>Data loss, or the end of the program.</summary>
    Error,
}
