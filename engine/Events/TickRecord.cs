using System.Runtime.InteropServices;

namespace NetMon.Events;

/// <summary>
/// Says that no record still to come is older than its ktime, and how ktime becomes wall time. Mirrors
/// <c>struct nm_tick</c>; the reader writes one into the pipe after each drain of the rings.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct TickRecord
{
    /// <summary>Bytes of a tick.</summary>
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
