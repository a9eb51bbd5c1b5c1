namespace NetMon.Events;

/// <summary>How a CONNECT turned out.</summary>
public enum ConnectResult
{
    Established,
    Refused,
    TimedOut,
    Reset,
    HostUnreachable,
    NetUnreachable,

    /// <summary>The caller gave up before the handshake ended (closed the socket, was killed).</summary>
    Aborted,

    /// <summary>Another error; <c>errno</c> has it where a hook saw it.</summary>
    Other,
}
