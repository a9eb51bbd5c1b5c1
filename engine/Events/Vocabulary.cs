namespace NetMon.Events;

/// <summary>The contract's words, the same in JSON and Parquet.</summary>
public static class Vocabulary
{
    // include/uapi/asm-generic/errno.h; x86-64 and arm64 share these numbers.
    private const uint NetUnreachable = 101;
    private const uint ConnectionAborted = 103;
    private const uint ConnectionReset = 104;
    private const uint TimedOut = 110;
    private const uint ConnectionRefused = 111;
    private const uint HostUnreachable = 113;

    /// <summary>The only protocol there is yet.</summary>
    public const string Protocol = "TCP";

    /// <summary>CONNECT, ACCEPT or CLOSE.</summary>
    public static string Text(RecordKind kind) => kind switch
    {
        RecordKind.Connect => "CONNECT",
        RecordKind.Accept => "ACCEPT",
        RecordKind.Close => "CLOSE",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an event"),
    };

    /// <summary>outbound or inbound.</summary>
    public static string Text(Direction direction) => direction == Direction.Inbound ? "inbound" : "outbound";

    /// <summary>The word for how a CONNECT turned out.</summary>
    public static string Text(ConnectResult result) => result switch
    {
        ConnectResult.Established => "established",
        ConnectResult.Refused => "refused",
        ConnectResult.TimedOut => "timed_out",
        ConnectResult.Reset => "reset",
        ConnectResult.HostUnreachable => "host_unreachable",
        ConnectResult.NetUnreachable => "net_unreachable",
        ConnectResult.Aborted => "aborted",
        _ => "other",
    };

    /// <summary>The word for how a connection ended.</summary>
    public static string Text(CloseReason reason) => reason switch
    {
        CloseReason.FinLocal => "fin_local",
        CloseReason.FinRemote => "fin_remote",
        CloseReason.ResetLocal => "reset_local",
        CloseReason.ResetRemote => "reset_remote",
        CloseReason.TimedOut => "timed_out",
        CloseReason.Aborted => "aborted",
        _ => "error",
    };

    /// <summary>The result that an errno means; 0 is established unless <paramref name="flags"/> says it is unknown.</summary>
    public static ConnectResult ResultOf(uint error, RecordFlags flags) => error switch
    {
        0 => (flags & RecordFlags.ErrorUnknown) == 0 ? ConnectResult.Established : ConnectResult.Other,
        ConnectionRefused => ConnectResult.Refused,
        TimedOut => ConnectResult.TimedOut,
        ConnectionReset => ConnectResult.Reset,
        HostUnreachable => ConnectResult.HostUnreachable,
        NetUnreachable => ConnectResult.NetUnreachable,
        ConnectionAborted => ConnectResult.Aborted,
        _ => ConnectResult.Other,
    };
}
