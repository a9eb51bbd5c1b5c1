namespace NetMon.Events;

/// <summary>
/// The small fields of an event that determine the meaning of the others, and the rules for <c>result</c>, <c>errno</c> and
/// <c>reason</c>. Error numbers are those of include/uapi/asm-generic/errno.h, which x86-64 and arm64 share.
/// </summary>
/// <param name="Kind">CONNECT, ACCEPT, CLOSE or FLOW.</param>
/// <param name="Direction">The owner's side.</param>
/// <param name="RecordedReason">The close reason in the record, which <see cref="Reason"/> interprets.</param>
/// <param name="Flags">What is inexact.</param>
/// <param name="Error">The error number in the record.</param>
/// <param name="HasConnectionId">Whether the record has a connection id. Without one (version 1), the traffic since the last FLOW is unknown as well.</param>
/// <param name="HasLatency">Whether the record's latency is not 0.</param>
public readonly record struct EventFacts(
    RecordKind Kind, Direction Direction, CloseReason RecordedReason, RecordFlags Flags, uint Error, bool HasConnectionId, bool HasLatency)
{
    private const uint NetUnreachable = 101;
    private const uint ConnectionAborted = 103;
    private const uint ConnectionReset = 104;
    private const uint TimedOut = 110;
    private const uint ConnectionRefused = 111;
    private const uint HostUnreachable = 113;

    /// <summary>The result of a CONNECT. No error means established, unless the flags indicate that no hook saw the error.</summary>
    public ConnectResult Result => Error switch
    {
        0 => (Flags & RecordFlags.ErrorUnknown) == 0 ? ConnectResult.Established : ConnectResult.Other,
        ConnectionRefused => ConnectResult.Refused,
        TimedOut => ConnectResult.TimedOut,
        ConnectionReset => ConnectResult.Reset,
        HostUnreachable => ConnectResult.HostUnreachable,
        NetUnreachable => ConnectResult.NetUnreachable,
        ConnectionAborted => ConnectResult.Aborted,
        _ => ConnectResult.Other,
    };

    /// <summary>Whether it is a CONNECT whose caller saw an error number. An aborted one has none, because its caller gave up.</summary>
    public bool HasErrno => Kind == RecordKind.Connect && Error is not (0 or ConnectionAborted);

    /// <summary>Whether the event has a latency: a CONNECT always, others if it is known.</summary>
    public bool IsLatencyKnown => Kind == RecordKind.Connect || HasLatency;

    /// <summary>The reason of a CLOSE. A reason that this build does not know becomes an error.</summary>
    public CloseReason Reason => RecordedReason is > CloseReason.None and < CloseReason.Error ? RecordedReason : CloseReason.Error;
}
