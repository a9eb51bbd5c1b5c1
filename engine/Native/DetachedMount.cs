using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>A file system mounted without a path, visible to this process only: fsopen(2) and fsmount(2), Linux 5.2.</summary>
internal static class DetachedMount
{
    private const int OpenFileSystem = 430; // the same numbers on x86-64 and arm64
    private const int ConfigureFileSystem = 431;
    private const int MountFileSystem = 432;
    private const int CommandCreate = 6; // FSCONFIG_CMD_CREATE

    /// <summary>Returns a descriptor of its root directory, which the caller must close, or -1 and the errno.</summary>
    public static int Open(string type, out int errno)
    {
        var name = Marshal.StringToCoTaskMemUTF8(type);
        var context = (int)Libc.Syscall(OpenFileSystem, name, 1, 0, 0, 0);
        errno = Marshal.GetLastPInvokeError();
        Marshal.FreeCoTaskMem(name);
        if (context < 0)
        {
            return -1;
        }

        var mount = -1;
        if (Libc.Syscall(ConfigureFileSystem, context, CommandCreate, 0, 0, 0) == 0)
        {
            mount = (int)Libc.Syscall(MountFileSystem, context, 1, 0, 0, 0);
        }

        errno = mount < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Libc.Close(context);
        return mount;
    }
}
