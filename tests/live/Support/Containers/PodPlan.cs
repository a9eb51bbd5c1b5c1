namespace NetMon.LiveTests.Support.Containers;

/// <summary>What a pod is to be.</summary>
/// <param name="Uid">With dashes.</param>
/// <param name="HostPid">Its processes see the pids that the node sees.</param>
internal sealed record PodPlan(string Name, string Namespace, string Uid, PodNetwork Network, CgroupShape Shape, bool HostPid)
{
    /// <summary>What its controller and its author have put on it; kubelet gives the runtime all of them.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Where kubelet has it from: api, or file for a static pod.</summary>
    public string Source { get; init; } = "api";
}
