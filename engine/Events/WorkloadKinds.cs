namespace NetMon.Events;

/// <summary>The kinds of workloads.</summary>
public static class WorkloadKinds
{
    public const string Deployment = "Deployment";
    public const string StatefulSet = "StatefulSet";
    public const string DaemonSet = "DaemonSet";
    public const string CronJob = "CronJob";
    public const string Job = "Job";

    /// <summary>A Rollout of Argo Rollouts.</summary>
    public const string Rollout = "Rollout";

    /// <summary>A pod that kubelet started from a file or a URL.</summary>
    public const string StaticPod = "StaticPod";

    /// <summary>A pod without a controller.</summary>
    public const string Pod = "Pod";

    /// <summary>A systemd unit of the node.</summary>
    public const string SystemdUnit = "SystemdUnit";

    /// <summary>A service of a Docker Compose project.</summary>
    public const string Compose = "Compose";

    /// <summary>A service of Docker Swarm.</summary>
    public const string Service = "Service";
}
