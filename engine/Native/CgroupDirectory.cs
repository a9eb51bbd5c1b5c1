using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>An open directory of a cgroup hierarchy. Owns its descriptor.</summary>
public sealed class CgroupDirectory : IDisposable
{
    private readonly SafeFileHandle _handle;

    private CgroupDirectory(int descriptor) => _handle = new SafeFileHandle(descriptor, ownsHandle: true);

    /// <summary>The directory's inode number, which is the cgroup's id (fs/kernfs/dir.c); 0 if statx(2) fails.</summary>
    public ulong Inode => FileInode.Of(Descriptor);

    internal int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Opens a directory; null if it is missing or not accessible.</summary>
    public static CgroupDirectory? TryOpen(string path) => Wrap(Libc.Open(path, Libc.CloseOnExec, 0));

    /// <summary>Mounts the v2 hierarchy for this process only, without a path. Needs CAP_SYS_ADMIN; returns null and the errno if it fails.</summary>
    public static CgroupDirectory? TryMountV2(out int errno) => Wrap(DetachedMount.Open("cgroup2", out errno));

    /// <summary>
    /// Visits this directory and its descendants, parents first. Directories that disappear meanwhile are skipped. False if the directory itself
    /// can't be read.
    /// </summary>
    public bool Walk(CgroupVisitor visit) => CgroupTree.Walk(Descriptor, visit);

    public void Dispose() => _handle.Dispose();

    private static CgroupDirectory? Wrap(int descriptor) => descriptor < 0 ? null : new CgroupDirectory(descriptor);
}
