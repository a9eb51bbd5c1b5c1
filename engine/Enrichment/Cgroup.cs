using NetMon.Events;

namespace NetMon.Enrichment;

/// <summary>A cgroup that events refer to.</summary>
/// <param name="hasPath">False while only its id is known, from an event.</param>
/// <param name="containers">Its containers, outermost first; empty: of the host, or unknown yet.</param>
/// <param name="unit">Its systemd unit on the node; null if it is in a container or in no unit.</param>
/// <param name="sinceMilliseconds">When it was reported, by the directory's clock.</param>
internal sealed class Cgroup(bool hasPath, KnownContainer[] containers, ContainerIdentity? unit, long sinceMilliseconds)
{
    public bool HasPath => hasPath;

    public KnownContainer[] Containers => containers;

    public ContainerIdentity? Unit => unit;

    public long SinceMilliseconds => sinceMilliseconds;

    /// <summary>Whether its directory was removed.</summary>
    public bool HasEnded { get; set; }

    /// <summary>
    /// The container that its events belong to: the outermost one that a runtime has reported, or the outermost of all while none has been. Processes in a
    /// container may create cgroups of any name, but only below the container's own.
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
