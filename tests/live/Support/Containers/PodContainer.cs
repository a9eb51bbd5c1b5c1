namespace NetMon.LiveTests.Support.Containers;

/// <summary>A container, and its expected names in events.</summary>
internal sealed record PodContainer(Pod Pod, string Name, string Id)
{
    /// <summary>The expected name.</summary>
    public SeenContainer Expected => new(Id[..12], Pod.Plan.Name, Pod.Plan.Namespace, Name);
}
