namespace NetMon.Events;

/// <summary>
/// The small fields of an event that decide what the others mean, and the one rule for <c>result</c>, <c>errno</c> and
/// <c>reason</c>. Error numbers are those of include/uapi/asm-generic/errno.h, which x86-64 and arm64 share.
/// </summary>
/// <param name="Kind">CONNECT, ACCEPT, CLOSE or FLOW.</param>
/// <param name="Direction">The owner's side.</param>
/// <param name="RecordedReason">The close reason as the record has it; <see cref="Reason"/> is what it means.</param>
/// <param name="Flags">What is less than exact.</param>
/// <param name="Error">The record's error number.</param>
/// <param name="HasConnectionId">Whether the record has a connection id. Without one (version 1) the differences since the last FLOW are unknown too.</param>
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

    /// <summary>The outcome of a CONNECT. No error means established, unless the flags say that no hook saw the error.</summary>
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

    /// <summary>True for a CONNECT whose caller saw an error number. One that was aborted has none: its caller gave up.</summary>
    public bool HasErrno => Kind == RecordKind.Connect && Error is not (0 or ConnectionAborted);

    /// <summary>Whether the event has a latency: a CONNECT always, others where it is known.</summary>
    public bool IsLatencyKnown => Kind == RecordKind.Connect || HasLatency;

    /// <summary>Why a CLOSE happened. A reason that this build does not know is an error.</summary>
    public CloseReason Reason => RecordedReason is > CloseReason.None and < CloseReason.Error ? RecordedReason : CloseReason.Error;
}
