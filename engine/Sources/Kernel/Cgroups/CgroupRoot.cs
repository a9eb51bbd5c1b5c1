using NetMon.Native;

namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>The open root directory of the cgroup v2 hierarchy, to which cgroup programs are attached. Owns the descriptor.</summary>
public sealed class CgroupRoot : IDisposable
{
    private const ulong RootInode = 1; // kernfs assigns inode 1 to the root of a hierarchy; a cgroup namespace shows another

    private CgroupRoot(CgroupDirectory directory, string where) => (Directory, Where) = (directory, where);

    /// <summary>The mount point, or a note that it was mounted for this process only.</summary>
    public string Where { get; }

    /// <summary>The open directory; owned by this object.</summary>
    public CgroupDirectory Directory { get; }

    /// <summary>
    /// Finds the mounted root, or mounts the hierarchy for this process only, without a path (needs CAP_SYS_ADMIN). Null if neither works, with
    /// the reason in <paramref name="whyNot"/>.
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

        // In a cgroup namespace, such a mount starts at the namespace's root: it would only show this container.
        whyNot = own is not null
            ? "no mount of the cgroup v2 root is visible, and this process is in a cgroup namespace"
            : $"no mount of the cgroup v2 root is visible, and mounting one failed (errno {errno})";
        return null;
    }

    public void Dispose() => Directory.Dispose();

    /// <summary>Returns the directory if it is the root of the whole hierarchy; otherwise closes it.</summary>
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
