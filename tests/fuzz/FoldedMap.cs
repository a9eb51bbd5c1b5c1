using System.ComponentModel;
using System.Runtime.InteropServices;
using NetMon.Native;

namespace NetMon.Fuzz;

/// <summary>
/// The 64 KiB that SharpFuzz's instrumentation writes to, as repeated mappings of the same <see cref="Bytes"/> of memory, because a scan of
/// 64 KiB takes longer than most executions. Two branches with offsets that differ by a multiple of <see cref="Bytes"/> share an entry.
/// The mapping is never released.
/// </summary>
internal static unsafe class FoldedMap
{
    /// <summary>Bytes of memory. A target reaches 70 to 1,500 entries, so few branches share one.</summary>
    public const int Bytes = 8 << 10;

    private const int InstrumentedBytes = 64 << 10;

    /// <summary>Maps the memory and returns its start.</summary>
    /// <exception cref="Win32Exception">The kernel refused it.</exception>
    public static byte* Create()
    {
        var file = Check(Libc.CreateMemoryFile("netmon-fuzz", 0));
        Check(Libc.Truncate((int)file, Bytes));
        var start = Check(Libc.Map(0, InstrumentedBytes, Libc.ProtectRead | Libc.ProtectWrite, Libc.MapPrivateAnonymous, -1, 0));
        for (var at = 0; at < InstrumentedBytes; at += Bytes)
        {
            Check(Libc.Map(start + at, Bytes, Libc.ProtectRead | Libc.ProtectWrite, Libc.MapShared | Libc.MapFixed, (int)file, 0));
        }

        return (byte*)start;
    }

    private static nint Check(nint result) => result != -1 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());
}
