using System.Runtime.InteropServices;
using NetMon.Events;

namespace NetMon.Pipeline.Decode;

/// <summary>A whole record of this version, in place: valid until the decoder's next read, and as long as the bytes are.</summary>
public readonly ref struct DecodedRecord
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal DecodedRecord(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Which of the three it is.</summary>
    public RecordKind Kind => (RecordKind)_bytes[3];

    /// <summary>A connection's record: CONNECT, ACCEPT, CLOSE or FLOW.</summary>
    public ref readonly ConnectionRecord Connection => ref MemoryMarshal.AsRef<ConnectionRecord>(_bytes);

    /// <summary>A cgroup that was made or removed.</summary>
    public ref readonly CgroupRecord Cgroup => ref MemoryMarshal.AsRef<CgroupRecord>(_bytes);

    /// <summary>A tick.</summary>
    public ref readonly TickRecord Tick => ref MemoryMarshal.AsRef<TickRecord>(_bytes);
}
