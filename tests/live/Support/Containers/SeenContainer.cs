namespace NetMon.LiveTests.Support.Containers;

/// <summary>The container fields of an event.</summary>
/// <param name="Id">The first twelve characters.</param>
internal sealed record SeenContainer(string Id, string PodName, string PodNamespace, string Name)
{
    /// <summary>Present only until the pod's name is known.</summary>
    public string? PodUid { get; init; }

    public bool IsNamed => Name.Length > 0;
}
