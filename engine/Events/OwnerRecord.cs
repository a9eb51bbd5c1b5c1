using System.Runtime.InteropServices;

namespace NetMon.Events;

/// <summary>The owner of a socket. Mirrors <c>struct nm_owner</c>, 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct OwnerRecord
{
    /// <summary>Inode of the cgroup v2 directory; 1 is the root.</summary>
    public ulong CgroupId;

    /// <summary>Thread group id in the initial pid namespace.</summary>
    public uint Pid;

    /// <summary>Real uid in the initial user namespace.</summary>
    public uint Uid;

    /// <summary>Name of the thread group's leader: any bytes but NUL, zero-filled.</summary>
    public InlineBytes16 Comm;
}
