namespace NetMon.Foundation.Logging;

/// <summary>The format of log lines, selected by <c>--log-format</c>.</summary>
public enum LogFormat
{
    /// <summary>2026-11-26T06:04:01.123Z info storage: message</summary>
    Text,

    /// <summary>{"time":"2026-11-26T06:04:01.123Z","level":"info","component":"storage","message":"message"}</summary>
    Json,
}
