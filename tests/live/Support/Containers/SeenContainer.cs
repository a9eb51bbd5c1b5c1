namespace NetMon.LiveTests.Support.Containers;

/// <summary>A container as an event names it.</summary>
/// <param name="Id">The first twelve characters.</param>
internal sealed record SeenContainer(string Id, string PodName, string PodNamespace, string Name)
{
    /// <summary>Only there while the pod has no name yet.</summary>
    public string? PodUid { get; init; }

    public bool IsNamed => Name.Length > 0;
}
