using System.Runtime.InteropServices;

namespace NetMon.Sources.Kernel;

/// <summary>Constants that are set in the programs before loading. Mirrors <c>struct nm_knobs</c> of <c>bpf/knobs.h</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Knobs
{
    private static readonly string[] Controllers = ["", "memory", "pids", "cpu", "cpuset", "devices", "freezer", "blkio"];

    public ulong BeganNanoseconds;
    public ulong ShareNanoseconds;
    public uint RingCount;
    public uint CgroupController;
    public uint CgroupHierarchy;
    public AcceptHook AcceptHook;
    public uint SlotMask;
    public uint BySockOps;
    public uint ByThread;
    public uint MayRead;

    /// <summary>Returns the number of a v1 controller as in <c>enum nm_controller</c>; 0 for v2 (no name).</summary>
    public static uint ControllerNumber(string controller) => (uint)Array.IndexOf(Controllers, controller);
}
