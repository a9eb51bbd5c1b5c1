namespace NetMon.Native;

/// <summary>The root directory of the cgroup v2 hierarchy, open: what cgroup programs are attached to. Owns its descriptor.</summary>
public sealed class CgroupRoot : IDisposable
{
    private const ulong RootInode = 1; // kernfs gives the root of a hierarchy inode 1; a cgroup namespace shows another

    private CgroupRoot(int descriptor, string where) => (Descriptor, Where) = (descriptor, where);

    /// <summary>The mount point, or words that say it was mounted privately.</summary>
    public string Where { get; }

    internal int Descriptor { get; private set; }

    /// <summary>
    /// Finds the mounted root, or mounts the hierarchy for this process alone, at no path (needs CAP_SYS_ADMIN). Null
    /// where neither works, and then why.
    /// </summary>
    public static CgroupRoot? Open(out string whyNot)
    {
        foreach (var mountPoint in MountPoints(File.ReadLines("/proc/self/mountinfo")))
        {
            var descriptor = Libc.Open(mountPoint, Libc.CloseOnExec, 0);
            if (descriptor >= 0 && FileInode.Of(descriptor) == RootInode)
            {
                whyNot = "";
                return new CgroupRoot(descriptor, mountPoint);
            }

            _ = Libc.Close(descriptor);
        }

        var own = DetachedMount.Open("cgroup2", out var errno);
        if (own >= 0 && FileInode.Of(own) == RootInode)
        {
            whyNot = "";
            return new CgroupRoot(own, "(mounted for this process)");
        }

        // In a cgroup namespace such a mount begins at the namespace's own root: it would show this container alone.
        whyNot = own >= 0
            ? "no mount of the cgroup v2 root is visible, and this process is in a cgroup namespace"
            : $"no mount of the cgroup v2 root is visible, and mounting one failed (errno {errno})";
        _ = Libc.Close(own);
        return null;
    }

    /// <summary>Mount points of type cgroup2 in /proc/self/mountinfo (proc(5)): field 5, with octal escapes; the type follows " - ".</summary>
    internal static IEnumerable<string> MountPoints(IEnumerable<string> mountInfo) =>
        from line in mountInfo
        let halves = line.Split(" - ", 2)
        where halves.Length == 2 && halves[1].StartsWith("cgroup2 ", StringComparison.Ordinal)
        let fields = halves[0].Split(' ')
        where fields.Length > 4
        select fields[4].Replace("\\040", " ", StringComparison.Ordinal);

    public void Dispose()
    {
        if (Descriptor >= 0)
        {
            _ = Libc.Close(Descriptor);
            Descriptor = -1;
        }
    }
}
