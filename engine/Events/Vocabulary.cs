namespace NetMon.Events;

/// <summary>The words of the event schema, the same in JSON and Parquet.</summary>
public static class Vocabulary
{
    /// <summary>The only protocol so far.</summary>
    public const string Protocol = "TCP";

    /// <summary>Returns CONNECT, ACCEPT, CLOSE or FLOW.</summary>
    public static string Text(RecordKind kind) => kind switch
    {
        RecordKind.Connect => "CONNECT",
        RecordKind.Accept => "ACCEPT",
        RecordKind.Close => "CLOSE",
        RecordKind.Flow => "FLOW",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an event"),
    };

    /// <summary>Returns outbound or inbound.</summary>
    public static string Text(Direction direction) => direction == Direction.Inbound ? "inbound" : "outbound";

    /// <summary>Returns the word for the result of a CONNECT.</summary>
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

    /// <summary>Returns the word for a close reason.</summary>
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
}
