namespace NetMon.Events;

/// <summary>
/// A container's names. Immutable and shared by every event of the container, so that sinks may render it once.
/// A name is empty where it is not known.
/// </summary>
public sealed record ContainerIdentity(string ContainerId, string PodName, string PodNamespace, string ContainerName)
{
    /// <summary>How much of the id the JSON line shows.</summary>
    public const int ShortIdLength = 12;
}
