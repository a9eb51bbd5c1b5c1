namespace NetMon.Sources.Replay;

/// <summary>
/// A recorded stream: eight bytes of magic, then the records and watermarks as they passed through the pipe. A file may end in the middle of a
/// record.
/// </summary>
public static class Recording
{
    /// <summary>The first eight bytes; the last of them is the format's version.</summary>
    public static ReadOnlySpan<byte> Magic => "NETMON\0\u0001"u8;
}
