using System.Runtime.InteropServices;

namespace NetMon.Events;

/// <summary>
/// A cgroup's name, told when it is made, when it is removed, and once at the start for those that there are. Mirrors
/// <c>struct nm_cgroup</c> of <c>schemas/record.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct CgroupRecord
{
    /// <summary>Bytes of a record.</summary>
    public const int ByteSize = 512;

    public ushort Size;
    public byte Version;
    public RecordKind Kind;
    public uint Reserved;
    public ulong KtimeNanoseconds;
    public ulong CgroupId;
    public InlineBytes488 Path;

    /// <summary>A record of a cgroup that there is; a longer path is cut.</summary>
    public static CgroupRecord Of(RecordKind kind, ulong ktimeNanoseconds, ulong cgroupId, ReadOnlySpan<byte> path)
    {
        var record = new CgroupRecord
        {
            Size = ByteSize,
            Version = ConnectionRecord.CurrentVersion,
            Kind = kind,
            KtimeNanoseconds = ktimeNanoseconds,
            CgroupId = cgroupId,
        };
        Span<byte> to = record.Path;
        path[..Math.Min(path.Length, to.Length - 1)].CopyTo(to);
        return record;
    }
}
