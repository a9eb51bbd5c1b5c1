using NetMon.Native;

namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>The root directory of the cgroup v2 hierarchy, open: cgroup programs are attached to it. Owns it.</summary>
public sealed class CgroupRoot : IDisposable
{
    private const ulong RootInode = 1; // kernfs gives the root of a hierarchy inode 1; a cgroup namespace shows another

    private CgroupRoot(CgroupDirectory directory, string where) => (Directory, Where) = (directory, where);

    /// <summary>The mount point, or a note that it was mounted for this process alone.</summary>
    public string Where { get; }

    /// <summary>The open directory; owned by this object.</summary>
    public CgroupDirectory Directory { get; }

    /// <summary>
    /// Finds the mounted root, or mounts the hierarchy for this process alone, at no path (needs CAP_SYS_ADMIN). Null if
    /// neither works; <paramref name="whyNot"/> then says why.
    /// </summary>
    public static CgroupRoot? Open(out string whyNot)
    {
        whyNot = "";
        foreach (var mount in CgroupMount.ParseAll(File.ReadLines("/proc/self/mountinfo")).Where(mount => mount.IsV2))
        {
            if (WholeHierarchy(CgroupDirectory.TryOpen(mount.Path)) is { } mounted)
            {
                return new CgroupRoot(mounted, mount.Path);
            }
        }

        var own = CgroupDirectory.TryMountV2(out var errno);
        if (WholeHierarchy(own) is { } privately)
        {
            return new CgroupRoot(privately, "(mounted for this process)");
        }

        // In a cgroup namespace such a mount begins at the namespace's own root: it would show this container alone.
        whyNot = own is not null
            ? "no mount of the cgroup v2 root is visible, and this process is in a cgroup namespace"
            : $"no mount of the cgroup v2 root is visible, and mounting one failed (errno {errno})";
        return null;
    }

    public void Dispose() => Directory.Dispose();

    /// <summary>The directory if it is the root of the whole hierarchy; otherwise it is closed.</summary>
    private static CgroupDirectory? WholeHierarchy(CgroupDirectory? directory)
    {
        if (directory is null || directory.Inode == RootInode)
        {
            return directory;
        }

        directory.Dispose();
        return null;
    }
}
