using NetMon.Events;

namespace NetMon.Enrichment;

/// <summary>A cgroup that events refer to.</summary>
/// <param name="hasPath">False while only its id is known, from an event.</param>
/// <param name="containers">The containers that it is in, outermost first; none: it is the host's own, or not yet known.</param>
/// <param name="unit">The unit of the node that it is in; null where it is in a container or in none.</param>
/// <param name="sinceMilliseconds">When it was told of, by the directory's clock.</param>
internal sealed class Cgroup(bool hasPath, KnownContainer[] containers, ContainerIdentity? unit, long sinceMilliseconds)
{
    public bool HasPath => hasPath;

    public KnownContainer[] Containers => containers;

    public ContainerIdentity? Unit => unit;

    public long SinceMilliseconds => sinceMilliseconds;

    /// <summary>Its directory is gone.</summary>
    public bool HasEnded { get; set; }

    /// <summary>
    /// Whose container an event of it belongs to: the outermost that a runtime has told of, or while none has, the
    /// outermost. What runs inside a container may make cgroups of any name, but never outside of its own.
    /// </summary>
    public KnownContainer? Container
    {
        get
        {
            foreach (var container in containers)
            {
                if (container.Identity.IsNamed)
                {
                    return container;
                }
            }

            return containers.Length > 0 ? containers[0] : null;
        }
    }
}
