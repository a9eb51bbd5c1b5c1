using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>
/// A folder in a bpffs, locked until disposal. flock(2) works on a folder as on a file, applies across mount and PID namespaces, and ends with
/// the process. (An abstract unix socket name is local to a network namespace, which each pod has for itself, and a process id is
/// meaningless in another PID namespace.)
/// </summary>
public sealed unsafe class BpfFolder : IDisposable
{
    private const long BpfMagic = 0xcafe4a11; // include/uapi/linux/magic.h
    private const int WouldBlock = 11;
    private const int Exists = 17;
    private const uint OwnerOnly = 0x1c0; // 0700
    private const int OthersMayWrite = 0x12; // 0022
    private readonly SafeFileHandle _handle;

    private BpfFolder(int descriptor) => _handle = new SafeFileHandle(descriptor, ownsHandle: true);

    /// <summary>The reason returned by <see cref="TryLock"/> if another process holds the lock.</summary>
    public static string InUse(string path) => $"another agent uses {path}";

    /// <summary>Whether a path is in a mounted bpffs.</summary>
    public static bool IsBpf(string path)
    {
        var about = stackalloc long[32]; // struct statfs: the first word is the file system's type
        return Libc.FileSystem(path, about) == 0 && about[0] == BpfMagic;
    }

    /// <summary>Creates the folder if missing, and locks it. Returns null and the reason if that fails or other users may write to the folder.</summary>
    public static BpfFolder? TryLock(string path, out string why)
    {
        if (!IsBpf(path) && !IsBpf(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path))
        {
            why = $"{path} is not in a bpffs";
            return null;
        }

        if (Libc.MakeFolder(path, OwnerOnly) != 0 && Marshal.GetLastPInvokeError() is not Exists and var cause)
        {
            why = $"{path} can't be created: {Marshal.GetPInvokeErrorMessage(cause)}";
            return null;
        }

        var descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            why = $"{path} can't be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
            return null;
        }

        var folder = new BpfFolder(descriptor);
        why = FileInode.OwnerOf(descriptor) is not { } owner || owner.User != Libc.EffectiveUser() || (owner.Mode & OthersMayWrite) != 0 ? $"{path} must belong to this user, and no other user may write to it"
            : Libc.Lock(descriptor, Libc.LockExclusiveNow) == 0 ? ""
            : Marshal.GetLastPInvokeError() is WouldBlock ? InUse(path)
            : $"{path} can't be locked: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
        if (why.Length == 0)
        {
            return folder;
        }

        folder.Dispose();
        return null;
    }

    public void Dispose() => _handle.Dispose();
}
