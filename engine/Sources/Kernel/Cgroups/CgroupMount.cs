namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>A line of /proc/self/mountinfo (proc(5)) for a cgroup hierarchy.</summary>
/// <param name="Path">The mount point.</param>
/// <param name="IsV2">Whether its type is cgroup2.</param>
/// <param name="IsWhole">Whether its root is the hierarchy's, or that of this process's cgroup namespace.</param>
/// <param name="Options">The file system's options; for v1 they include the controllers.</param>
internal sealed record CgroupMount(string Path, bool IsV2, bool IsWhole, string[] Options)
{
    public bool Has(string controller) => !IsV2 && Options.Contains(controller);

    /// <summary>Returns the cgroup mounts among the lines, in order.</summary>
    public static IEnumerable<CgroupMount> ParseAll(IEnumerable<string> mountInfo) => mountInfo.Select(Parse).OfType<CgroupMount>();

    /// <summary>Parses a line; null if it is for another file system.</summary>
    private static CgroupMount? Parse(string line)
    {
        if (line.Split(" - ", 2) is not [var mount, var rest] || rest.Split(' ') is not [var type and ("cgroup" or "cgroup2"), _, var options, ..])
        {
            return null;
        }

        // ID PARENT MAJOR:MINOR ROOT MOUNT-POINT OPTIONS...; a space in a path is \040
        return mount.Split(' ') is [_, _, _, var root, var path, ..]
            ? new CgroupMount(path.Replace("\\040", " ", StringComparison.Ordinal), type == "cgroup2", root == "/", options.Split(','))
            : null;
    }
}
