namespace NetMon.LiveTests.Support.Containers;

/// <summary>The specification of a pod.</summary>
/// <param name="Uid">With dashes.</param>
/// <param name="HostPid">Its processes use the node's pid namespace.</param>
internal sealed record PodPlan(string Name, string Namespace, string Uid, PodNetwork Network, CgroupShape Shape, bool HostPid)
{
    /// <summary>Labels of its controller and its author; kubelet passes all of them to the runtime.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Where kubelet got the pod from: api, or file for a static pod.</summary>
    public string Source { get; init; } = "api";
}
