namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>The kind of cgroup hierarchy used to identify containers.</summary>
public enum CgroupVersion
{
    /// <summary>Chosen to fit this node.</summary>
    Auto,

    /// <summary>The unified hierarchy, also if mounted beside v1's (hybrid): runtimes use it in that case as well.</summary>
    V2,

    /// <summary>A controller's hierarchy, if v2 is not mounted and every process is in its root.</summary>
    V1,
}
