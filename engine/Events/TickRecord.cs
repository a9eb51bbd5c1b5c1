using System.Runtime.InteropServices;

namespace NetMon.Events;

/// <summary>
/// A watermark: no later record is older than its ktime. Also contains the offset from ktime to wall-clock time. Mirrors
/// <c>struct nm_tick</c>; the reader writes one into the pipe after each drain of the rings.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct TickRecord
{
    /// <summary>The size of a record in bytes.</summary>
    public const int ByteSize = 24;

    public ushort Size;
    public byte Version;
    public RecordKind Kind;
    public uint Reserved;

    /// <summary>The watermark, nanoseconds of CLOCK_MONOTONIC.</summary>
    public ulong KtimeNanoseconds;

    /// <summary>CLOCK_REALTIME minus CLOCK_MONOTONIC, nanoseconds.</summary>
    public long ClockOffsetNanoseconds;
}
