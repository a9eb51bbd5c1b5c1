namespace NetMon.LiveTests.Support.Containers;

/// <summary>The form of a pod's cgroup path, which depends on the runtime and its cgroup driver.</summary>
public enum CgroupShape
{
    /// <summary>/kubepods/burstable/pod&lt;uid&gt;/&lt;id&gt;</summary>
    Cgroupfs,

    /// <summary>/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod&lt;uid&gt;.slice/cri-containerd-&lt;id&gt;.scope</summary>
    Systemd,

    /// <summary>The same for CRI-O: .../crio-&lt;id&gt;.scope</summary>
    CrioSystemd,

    /// <summary>/kubepods/burstable/pod&lt;uid&gt;/crio-&lt;id&gt;</summary>
    CrioCgroupfs,
}
