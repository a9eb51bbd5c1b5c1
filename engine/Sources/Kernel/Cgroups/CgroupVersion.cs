namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>Which kind of cgroup hierarchy tells containers apart.</summary>
public enum CgroupVersion
{
    /// <summary>Whichever fits this node.</summary>
    Auto,

    /// <summary>One hierarchy for all, also where it is mounted beside v1's (hybrid): runtimes join it there, too.</summary>
    V2,

    /// <summary>One of a controller, where v2 is not mounted and every process is in its root.</summary>
    V1,
}
