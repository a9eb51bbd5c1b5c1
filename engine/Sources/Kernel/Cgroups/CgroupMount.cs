namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>A line of /proc/self/mountinfo (proc(5)) that is about a cgroup hierarchy.</summary>
/// <param name="Path">The mount point.</param>
/// <param name="IsV2">Its type is cgroup2.</param>
/// <param name="IsWhole">Its root is the hierarchy's, or that of this process's cgroup namespace.</param>
/// <param name="Options">Of the file system; a v1 hierarchy's controllers are among them.</param>
internal sealed record CgroupMount(string Path, bool IsV2, bool IsWhole, string[] Options)
{
    public bool Has(string controller) => !IsV2 && Options.Contains(controller);

    /// <summary>The cgroup mounts among the lines, in their order.</summary>
    public static IEnumerable<CgroupMount> ParseAll(IEnumerable<string> mountInfo) => mountInfo.Select(Parse).OfType<CgroupMount>();

    /// <summary>Null for a line about another file system.</summary>
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
