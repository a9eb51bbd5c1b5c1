using System.Reflection;
using System.Runtime.InteropServices;
using NetMon.Native;

namespace NetMon.UnitTests.Sources;

/// <summary>Writes a record's header as the kernel would: the ring in memory can't reserve without submitting.</summary>
internal static class RingHeader
{
    public static void Set(RingMapping ring, int at, int header)
    {
        var page = typeof(RingMapping).GetField("_producerPage", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(ring)!;
        Marshal.WriteInt32((nint)page + Environment.SystemPageSize + at, header);
    }
}
