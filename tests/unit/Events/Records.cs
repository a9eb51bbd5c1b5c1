using System.Runtime.InteropServices;
using NetMon.Events;

namespace NetMon.UnitTests.Events;

/// <summary>Records for tests of the stages.</summary>
internal static class Records
{
    public static ConnectionRecord Record(RecordKind kind = RecordKind.Accept, ulong ktime = 0) => new()
    {
        Size = ConnectionRecord.ByteSize,
        Version = ConnectionRecord.CurrentVersion,
        Kind = kind,
        Direction = kind == RecordKind.Accept ? Direction.Inbound : Direction.Outbound,
        CloseReason = kind == RecordKind.Close ? CloseReason.FinLocal : CloseReason.None,
        KtimeNanoseconds = ktime,
    };

    public static TickRecord Tick(ulong ktime, long offset = 0) => new()
    {
        Size = TickRecord.ByteSize,
        Version = ConnectionRecord.CurrentVersion,
        Kind = RecordKind.Tick,
        KtimeNanoseconds = ktime,
        ClockOffsetNanoseconds = offset,
    };

    public static InlineBytes16 Inline(ReadOnlySpan<byte> bytes)
    {
        var inline = default(InlineBytes16);
        bytes.CopyTo(inline);
        return inline;
    }

    /// <summary>All bytes of a record, for comparison: inline arrays have no equality.</summary>
    public static string Hex(ConnectionRecord record) => Convert.ToHexString(Bytes(record));

    public static byte[] Bytes<T>(T record)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in record)).ToArray();
}
