using System.Runtime.InteropServices;

namespace NetMon.Events;

/// <summary>
/// A cgroup's path, reported when it is created, when it is removed, and once at the start for existing cgroups. Mirrors
/// <c>struct nm_cgroup</c> of <c>schemas/record.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct CgroupRecord
{
    /// <summary>The size of a record in bytes.</summary>
    public const int ByteSize = 512;

    public ushort Size;
    public byte Version;
    public RecordKind Kind;
    public uint Reserved;
    public ulong KtimeNanoseconds;
    public ulong CgroupId;
    public InlineBytes488 Path;

    /// <summary>Creates a record of an existing cgroup; a longer path is truncated.</summary>
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
