namespace NetMon.Foundation.Logging;

/// <summary>How much a log line matters.</summary>
public enum LogLevel
{
    /// <summary>Normal operation.</summary>
    Info,

    /// <summary>Something works less well than it should: a runtime is lost, storage is paused, lines are dropped.</summary>
    Warn,

    /// <summary>Data is lost, or the program ends.</summary>
    Error,
}
