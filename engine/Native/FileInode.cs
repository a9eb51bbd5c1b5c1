using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>A file's inode number, by statx(2), whose layout is the same everywhere.</summary>
internal static unsafe class FileInode
{
    private const int EmptyPath = 0x1000;
    private const int WantInode = 0x100;
    private const int InodeOffset = 32;

    /// <summary>Zero where it can't be told.</summary>
    public static ulong Of(int descriptor)
    {
        var statx = stackalloc byte[256];
        byte empty = 0;
        var number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 291 : 332;
        return Libc.Syscall(number, descriptor, (nint)(&empty), EmptyPath, WantInode, (nint)statx) == 0 ? *(ulong*)(statx + InodeOffset) : 0;
    }
}
