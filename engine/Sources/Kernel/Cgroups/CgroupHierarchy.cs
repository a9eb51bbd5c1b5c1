using System.Globalization;
using NetMon.Native;

namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>The cgroup hierarchy used to identify containers.</summary>
/// <param name="Version">Never Auto.</param>
/// <param name="Controller">The v1 controller of the hierarchy; empty for v2.</param>
/// <param name="Id">Its number in /proc/cgroups; 0 for v2.</param>
/// <param name="Mode">How this node's hierarchies are set up, for messages.</param>
public sealed record CgroupHierarchy(CgroupVersion Version, string Controller, uint Id, string Mode)
{
    // Every runtime uses all of them for its containers; the first ones are present in almost every kernel.
    private static readonly string[] ControllersInOrder = ["memory", "pids", "cpu", "cpuset", "devices", "freezer", "blkio"];

    /// <summary>Where the hierarchy's root is mounted in this process's namespace; null if it is not.</summary>
    public string? MountPoint { get; private init; }

    /// <summary>Chooses the hierarchy of this node. Null if the requested one does not exist.</summary>
    public static CgroupHierarchy? Choose(CgroupVersion asked) => Choose(asked, File.ReadLines("/proc/self/mountinfo"), File.ReadLines("/proc/cgroups"));

    /// <summary>
    /// Chooses by the contents of /proc/self/mountinfo (proc(5)) and /proc/cgroups (cgroups(7)): v1 only if it is in use and no v2 hierarchy is
    /// mounted.
    /// </summary>
    internal static CgroupHierarchy? Choose(CgroupVersion asked, IEnumerable<string> mountInfo, IEnumerable<string> controllers)
    {
        var mounts = CgroupMount.ParseAll(mountInfo).ToArray();
        var inUse = new Dictionary<string, uint>();
        foreach (var line in controllers)
        {
            if (line.Split('\t') is [var name, var number, ..] && uint.TryParse(number, CultureInfo.InvariantCulture, out var id) && id != 0)
            {
                inUse[name] = id;
            }
        }

        var v2 = mounts.FirstOrDefault(mount => mount.IsV2);
        var mode = (v2, inUse.Count) switch
        {
            (not null, 0) => "unified (v2)",
            (not null, _) => "hybrid: v1 controllers, and v2",
            (null, 0) => "v2, not mounted here",
            _ => "v1 only",
        };

        if (asked == CgroupVersion.V2 || (asked == CgroupVersion.Auto && (v2 is not null || inUse.Count == 0)))
        {
            return new CgroupHierarchy(CgroupVersion.V2, "", 0, mode) { MountPoint = v2?.Path };
        }

        var controller = ControllersInOrder.FirstOrDefault(inUse.ContainsKey);
        return controller is null
            ? null
            : new CgroupHierarchy(CgroupVersion.V1, controller, inUse[controller], mode)
            {
                MountPoint = mounts.FirstOrDefault(mount => mount.Has(controller) && mount.IsWhole)?.Path,
            };
    }

    /// <summary>Visits every cgroup, parents first; false if the hierarchy is not visible to this process.</summary>
    public bool Walk(CgroupRoot? v2Root, CgroupVisitor visit)
    {
        if (Version == CgroupVersion.V2)
        {
            return v2Root is not null && v2Root.Directory.Walk(visit);
        }

        using var directory = MountPoint is null ? null : CgroupDirectory.TryOpen(MountPoint);
        return directory is not null && directory.Walk(visit);
    }
}
