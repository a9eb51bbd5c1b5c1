namespace NetMon.LiveTests.Support.Containers;

/// <summary>What a pod is to be.</summary>
/// <param name="Uid">With dashes.</param>
/// <param name="HostPid">Its processes see the pids that the node sees.</param>
internal sealed record PodPlan(string Name, string Namespace, string Uid, PodNetwork Network, CgroupShape Shape, bool HostPid);
