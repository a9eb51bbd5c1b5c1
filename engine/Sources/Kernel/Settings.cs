using System.Runtime.InteropServices;

namespace NetMon.Sources.Kernel;

/// <summary>Settings that are changed while the programs run. Mirrors <c>struct nm_settings</c> of <c>bpf/maps.h</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Settings
{
    public ulong FlowEveryNanoseconds;
    public uint FlowAll;
    public uint Connect4Id;
    public uint Connect6Id;
    public uint GoneOnly;
}
