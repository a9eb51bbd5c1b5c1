using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>Inode number, owner, mode, size and time of a file by statx(2), which has the same layout on all architectures.</summary>
internal static unsafe class FileInode
{
    private const int EmptyPath = 0x1000;
    private const int NoFollow = 0x100;
    private const int WorkingDirectory = -100; // AT_FDCWD
    private const int WantInode = 0x100;
    private const int WantType = 0x1;
    private const int WantModeAndUser = WantType | 0x2 | 0x8;
    private const int UserOffset = 20;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int SizeOffset = 40;
    private const int ModifiedOffset = 112;
    private const int WantAll = 0x7ff; // STATX_BASIC_STATS
    private const int DeviceOffset = 136;
    private static readonly int Number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 291 : 332;

    /// <summary>Returns the inode number; 0 if unknown.</summary>
    public static ulong Of(int descriptor)
    {
        var statx = stackalloc byte[256];
        return TryRead(descriptor, WantInode, statx) ? *(ulong*)(statx + InodeOffset) : 0;
    }

    /// <summary>Returns inode and device, which identify a file while it exists; null if unknown.</summary>
    public static (ulong Inode, ulong Device)? IdentityOf(int descriptor)
    {
        var statx = stackalloc byte[256];
        return TryRead(descriptor, WantInode, statx) ? (*(ulong*)(statx + InodeOffset), *(ulong*)(statx + DeviceOffset)) : null;
    }

    /// <summary>Returns the owner's user id and the mode bits; null if unknown.</summary>
    public static (uint User, int Mode)? OwnerOf(int descriptor)
    {
        var statx = stackalloc byte[256];
        return TryRead(descriptor, WantModeAndUser, statx) ? (*(uint*)(statx + UserOffset), *(ushort*)(statx + ModeOffset)) : null;
    }

    /// <summary>Returns the mode including the type of a path, without following links; null if unknown, with errno set.</summary>
    public static int? TypeOf(string path)
    {
        var statx = stackalloc byte[256];
        return TryRead(path, WantType, statx) ? *(ushort*)(statx + ModeOffset) : null;
    }

    /// <summary>Returns the owner's user id of a path, without following links; null if unknown.</summary>
    public static uint? UserOf(string path)
    {
        var statx = stackalloc byte[256];
        return TryRead(path, WantModeAndUser, statx) ? *(uint*)(statx + UserOffset) : null;
    }

    /// <summary>Returns mode including type, size, and modification time (Unix nanoseconds) of a folder's entry, without following links; null if unknown.</summary>
    public static (int Mode, long Bytes, long Modified)? EntryOf(int folder, string name)
    {
        var statx = stackalloc byte[256];
        var text = Marshal.StringToCoTaskMemUTF8(name);
        var succeeded = Libc.Syscall(Number, folder, text, NoFollow, WantAll, (nint)statx) == 0;
        Marshal.FreeCoTaskMem(text);
        return succeeded
            ? (*(ushort*)(statx + ModeOffset), *(long*)(statx + SizeOffset), *(long*)(statx + ModifiedOffset) * 1_000_000_000 + *(uint*)(statx + ModifiedOffset + 8))
            : null;
    }

    /// <summary>Whether a path leads to a FIFO, following links.</summary>
    public static bool IsFifo(string path)
    {
        var statx = stackalloc byte[256];
        return TryRead(path, WantType, statx, 0) && (*(ushort*)(statx + ModeOffset) & 0xf000) == 0x1000;
    }

    /// <summary>Returns inode and device of a path, following links; null if unknown.</summary>
    public static (ulong Inode, ulong Device)? IdentityOf(string path)
    {
        var statx = stackalloc byte[256];
        return TryRead(path, WantInode, statx, 0) ? (*(ulong*)(statx + InodeOffset), *(ulong*)(statx + DeviceOffset)) : null;
    }

    private static bool TryRead(int descriptor, int wanted, byte* statx)
    {
        byte empty = 0;
        return Libc.Syscall(Number, descriptor, (nint)(&empty), EmptyPath, wanted, (nint)statx) == 0;
    }

    private static bool TryRead(string path, int wanted, byte* statx, int flags = NoFollow)
    {
        var text = Marshal.StringToCoTaskMemUTF8(path);
        var succeeded = Libc.Syscall(Number, WorkingDirectory, text, flags, wanted, (nint)statx) == 0;
        var error = Marshal.GetLastPInvokeError();
        Marshal.FreeCoTaskMem(text);
        Marshal.SetLastPInvokeError(error);
        return succeeded;
    }
}
