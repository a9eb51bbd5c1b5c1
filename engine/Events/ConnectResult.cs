namespace NetMon.Events;

/// <summary>The result of a CONNECT.</summary>
public enum ConnectResult
{
    Established,
    Refused,
    TimedOut,
    Reset,
    HostUnreachable,
    NetUnreachable,

    /// <summary>The caller gave up before the handshake completed (closed the socket, was killed).</summary>
    Aborted,

    /// <summary>Another error; <c>errno</c> contains it if a hook saw it.</summary>
    Other,
}
