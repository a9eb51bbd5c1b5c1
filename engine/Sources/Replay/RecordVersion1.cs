using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NetMon.Events;

namespace NetMon.Sources.Replay;

/// <summary>
/// Records of ABI version 1, as in recordings of agent 0.1. A connection's record had 128 bytes, with one field for both the latency of a
/// CONNECT and the duration of a CLOSE; cgroup and watermark records differ from today's only by their version. Not thread-safe.
/// </summary>
internal sealed class RecordVersion1
{
    private const byte Version = 1;
    private readonly byte[] _converted = new byte[RecordFraming.MaxRecordBytes];

    /// <summary>Converts the record at the start of some bytes. False if there is none of version 1.</summary>
    /// <param name="bytes">At least as many bytes as the record declares.</param>
    /// <param name="length">The length of the record.</param>
    /// <param name="record">The record in the current version; valid until the next call.</param>
    public bool TryConvert(ReadOnlySpan<byte> bytes, out int length, out ReadOnlySpan<byte> record)
    {
        var (size, version, kind) = (MemoryMarshal.Read<ushort>(bytes), bytes[2], (RecordKind)bytes[3]);
        length = size;
        record = default;
        if (version != Version || size != SizeOf(kind))
        {
            return false;
        }

        if (kind is RecordKind.Connect or RecordKind.Accept or RecordKind.Close)
        {
            var connection = Convert(MemoryMarshal.Read<OldConnection>(bytes));
            MemoryMarshal.Write(_converted, in connection);
            record = _converted.AsSpan(0, ConnectionRecord.ByteSize);
            return true;
        }

        bytes[..size].CopyTo(_converted);
        _converted[2] = ConnectionRecord.CurrentVersion;
        record = _converted.AsSpan(0, size);
        return true;
    }

    private static int SizeOf(RecordKind kind) => kind switch
    {
        RecordKind.Connect or RecordKind.Accept or RecordKind.Close => Unsafe.SizeOf<OldConnection>(),
        RecordKind.CgroupMade or RecordKind.CgroupRemoved => CgroupRecord.ByteSize,
        RecordKind.Tick => TickRecord.ByteSize,
        _ => -1,
    };

    private static ConnectionRecord Convert(in OldConnection old) => new()
    {
        Size = ConnectionRecord.ByteSize,
        Version = ConnectionRecord.CurrentVersion,
        Kind = old.Kind,
        Direction = old.Direction,
        CloseReason = old.CloseReason,
        Flags = old.Flags,
        KtimeNanoseconds = old.KtimeNanoseconds,
        SourceAddress = old.SourceAddress,
        DestinationAddress = old.DestinationAddress,
        SourcePort = old.SourcePort,
        DestinationPort = old.DestinationPort,
        NetworkNamespace = old.NetworkNamespace,
        Owner = old.Owner,
        LatencyNanoseconds = old.Kind == RecordKind.Connect ? old.ElapsedNanoseconds : 0,
        DurationNanoseconds = old.Kind == RecordKind.Close ? old.ElapsedNanoseconds : 0,
        BytesSent = old.BytesSent,
        BytesReceived = old.BytesReceived,
        SmoothedRttMicroseconds = old.SmoothedRttMicroseconds,
        Retransmits = old.Retransmits,
        Error = old.Error,
    };

    [StructLayout(LayoutKind.Sequential)]
    private struct OldConnection
    {
        public ushort Size;
        public byte Version;
        public RecordKind Kind;
        public Direction Direction;
        public CloseReason CloseReason;
        public RecordFlags Flags;
        public byte Reserved;
        public ulong KtimeNanoseconds;
        public InlineBytes16 SourceAddress;
        public InlineBytes16 DestinationAddress;
        public ushort SourcePort;
        public ushort DestinationPort;
        public uint NetworkNamespace;
        public OwnerRecord Owner;
        public ulong ElapsedNanoseconds;
        public ulong BytesSent;
        public ulong BytesReceived;
        public uint SmoothedRttMicroseconds;
        public uint Retransmits;
        public uint Error;
        public uint Reserved2;
    }
}
