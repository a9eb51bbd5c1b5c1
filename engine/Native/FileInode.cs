using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>A file's inode number, owner, mode, size and time, by statx(2), whose layout is the same everywhere.</summary>
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

    /// <summary>Zero where it can't be told.</summary>
    public static ulong Of(int descriptor)
    {
        var statx = stackalloc byte[256];
        return TryRead(descriptor, WantInode, statx) ? *(ulong*)(statx + InodeOffset) : 0;
    }

    /// <summary>Inode and device, which no two files have at once; null where they can't be told.</summary>
    public static (ulong Inode, ulong Device)? IdentityOf(int descriptor)
    {
        var statx = stackalloc byte[256];
        return TryRead(descriptor, WantInode, statx) ? (*(ulong*)(statx + InodeOffset), *(ulong*)(statx + DeviceOffset)) : null;
    }

    /// <summary>The user id that owns it, and its mode bits; null where they can't be told.</summary>
    public static (uint User, int Mode)? OwnerOf(int descriptor)
    {
        var statx = stackalloc byte[256];
        return TryRead(descriptor, WantModeAndUser, statx) ? (*(uint*)(statx + UserOffset), *(ushort*)(statx + ModeOffset)) : null;
    }

    /// <summary>The mode with the type of what a path leads to, links not followed; null where it can't be told: errno says why.</summary>
    public static int? TypeOf(string path)
    {
        var statx = stackalloc byte[256];
        return TryRead(path, WantType, statx) ? *(ushort*)(statx + ModeOffset) : null;
    }

    /// <summary>The user id that owns what a path leads to, links not followed; null where it can't be told.</summary>
    public static uint? UserOf(string path)
    {
        var statx = stackalloc byte[256];
        return TryRead(path, WantModeAndUser, statx) ? *(uint*)(statx + UserOffset) : null;
    }

    /// <summary>Mode with type, size, and when it was last written (Unix nanoseconds), of an entry of a folder; links not followed. Null where they can't be told.</summary>
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

    /// <summary>Whether a path leads to a FIFO, links followed.</summary>
    public static bool IsFifo(string path)
    {
        var statx = stackalloc byte[256];
        return TryRead(path, WantType, statx, 0) && (*(ushort*)(statx + ModeOffset) & 0xf000) == 0x1000;
    }

    /// <summary>Inode and device of what a path leads to, links followed; null where they can't be told.</summary>
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
