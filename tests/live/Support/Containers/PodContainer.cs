namespace NetMon.LiveTests.Support.Containers;

/// <summary>A container, and the names it has to have in events.</summary>
internal sealed record PodContainer(Pod Pod, string Name, string Id)
{
    /// <summary>As the agent has to name it.</summary>
    public SeenContainer Expected => new(Id[..12], Pod.Plan.Name, Pod.Plan.Namespace, Name);
}
