namespace NetMon.LiveTests.Support.Containers;

/// <summary>The layout of a node's /sys/fs/cgroup.</summary>
public enum CgroupLayout
{
    /// <summary>The machine's own: v1 hierarchies beside v2, or v2 alone.</summary>
    Machine,

    /// <summary>Cgroup v2 alone, for the node's processes.</summary>
    V2,
}
