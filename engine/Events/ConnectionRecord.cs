using System.Runtime.InteropServices;

namespace NetMon.Events;

/// <summary>
/// A record as written by the kernel programs. Mirrors <c>struct nm_record</c> of <c>schemas/record.h</c>, which documents each field; a test
/// compares the two using the compiled object's BTF.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct ConnectionRecord
{
    /// <summary>The ABI version that this build reads.</summary>
    public const byte CurrentVersion = 2;

    /// <summary>The size of a record in bytes.</summary>
    public const int ByteSize = 176;

    public ushort Size;
    public byte Version;
    public RecordKind Kind;
    public Direction Direction;
    public CloseReason CloseReason;
    public RecordFlags Flags;
    public byte Reserved;
    public ulong KtimeNanoseconds;
    public ulong ConnectionId;
    public InlineBytes16 SourceAddress;
    public InlineBytes16 DestinationAddress;
    public ushort SourcePort;
    public ushort DestinationPort;
    public uint NetworkNamespace;
    public OwnerRecord Owner;
    public ulong LatencyNanoseconds;
    public ulong DurationNanoseconds;
    public ulong BytesSent;
    public ulong BytesReceived;
    public ulong DeltaSent;
    public ulong DeltaReceived;
    public uint SmoothedRttMicroseconds;
    public uint Retransmits;
    public uint Error;
    public ushort DialedPort;
    public ushort Reserved2;
    public InlineBytes16 DialedAddress;
}
