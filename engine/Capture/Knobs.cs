using System.Runtime.InteropServices;

namespace NetMon.Capture;

/// <summary>What the programs are told before they are loaded. Mirrors <c>struct nm_knobs</c> of <c>bpf/knobs.h</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Knobs
{
    public ulong AcceptPatienceNanoseconds;
    public uint RingCount;
    public uint AcceptExact;
}
