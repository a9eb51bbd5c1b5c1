using System.Buffers.Binary;

namespace NetMon.Events;

/// <summary>
/// Finds the records in a byte stream. Every record starts at a multiple of eight bytes with its size (u16), the ABI version (u8) and its
/// kind (u8). Anything else is skipped, eight bytes at a time.
/// </summary>
public static class RecordFraming
{
    /// <summary>The size of every record is a multiple of this; also the step when skipping malformed bytes.</summary>
    public const int Alignment = 8;

    /// <summary>The maximum size of a record of any version.</summary>
    public const int MaxRecordBytes = 1024;

    /// <summary>
    /// Inspects the start of <paramref name="bytes"/>. <paramref name="length"/> is the number of bytes to take or skip (0 if partial, never more
    /// than available).
    /// </summary>
    public static FrameStatus Inspect(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < Alignment) // skipping fewer would misalign all following records
        {
            return FrameStatus.Partial;
        }

        var size = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        var (version, kind) = (bytes[2], (RecordKind)bytes[3]);
        var status = version == ConnectionRecord.CurrentVersion
            ? IsKnown(kind, size) ? FrameStatus.Whole : FrameStatus.Corrupt
            : version != 0 && size is >= Alignment and <= MaxRecordBytes && size % Alignment == 0 ? FrameStatus.UnknownVersion : FrameStatus.Corrupt;
        if (status == FrameStatus.Corrupt)
        {
            length = Alignment;
            return status;
        }

        if (bytes.Length < size)
        {
            return FrameStatus.Partial;
        }

        length = size;
        return status;
    }

    private static bool IsKnown(RecordKind kind, int size) => kind switch
    {
        >= RecordKind.Connect and <= RecordKind.Flow => size == ConnectionRecord.ByteSize,
        RecordKind.CgroupMade or RecordKind.CgroupRemoved => size == CgroupRecord.ByteSize,
        RecordKind.Tick => size == TickRecord.ByteSize,
        _ => false,
    };
}
