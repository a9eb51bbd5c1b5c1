using System.Runtime.InteropServices;
using NetMon.Events;

namespace NetMon.Pipeline.Decode;

/// <summary>A complete record of this version, in place: valid until the decoder's next read, and no longer than the bytes.</summary>
public readonly ref struct DecodedRecord
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal DecodedRecord(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The kind of the record.</summary>
    public RecordKind Kind => (RecordKind)_bytes[3];

    /// <summary>A connection's record: CONNECT, ACCEPT, CLOSE or FLOW.</summary>
    public ref readonly ConnectionRecord Connection => ref MemoryMarshal.AsRef<ConnectionRecord>(_bytes);

    /// <summary>A cgroup that was created or removed.</summary>
    public ref readonly CgroupRecord Cgroup => ref MemoryMarshal.AsRef<CgroupRecord>(_bytes);

    /// <summary>A watermark.</summary>
    public ref readonly TickRecord Tick => ref MemoryMarshal.AsRef<TickRecord>(_bytes);
}
