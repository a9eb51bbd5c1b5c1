using System.Text;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// The containers of an answer, bounded: the requested ones, and the first <see cref="Most"/> of the others. So an answer of millions of containers costs
/// no more than a node's own. Not thread-safe.
/// </summary>
internal sealed class FoundContainers(IReadOnlyCollection<string> wanted)
{
    /// <summary>The maximum number of containers kept that were not requested; also the directory's limit for them.</summary>
    public const int Most = 8192;

    /// <summary>The maximum size of a container in an answer, or of an event, in bytes. About Kubernetes' limit for an object.</summary>
    public const int LargestElement = 1 << 20;

    private readonly List<ContainerIdentity> _kept = [];
    private readonly List<(int Place, string SandboxId)> _inSandboxes = [];
    private readonly HashSet<string> _missing = [.. wanted];
    private int _others;

    /// <summary>The containers kept, in order of arrival.</summary>
    public IReadOnlyList<ContainerIdentity> Kept => _kept;

    /// <summary>Containers left out because of the limit or <see cref="LargestElement"/>.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Whether every requested id was found, if any was requested.</summary>
    public bool HasAllWanted => wanted.Count > 0 && _missing.Count == 0;

    /// <summary>Whether a container with this id would be kept; otherwise there is no need to read it. The id may have any length.</summary>
    public bool Takes(ReadOnlySpan<byte> id) =>
        _others < Most || (_missing.Count > 0 && id.Length <= PodLabels.LongestId && _missing.Contains(Encoding.UTF8.GetString(id)));

    /// <summary>Adds a container, or counts it as left out.</summary>
    /// <param name="container">The container, or a sandbox.</param>
    /// <param name="sandboxId">The sandbox that it is in, whose facts <see cref="Join"/> adds; null if it has its own.</param>
    public void Add(ContainerIdentity container, string? sandboxId = null)
    {
        if (!_missing.Remove(container.ContainerId) && _others++ >= Most)
        {
            LeftOut++;
            return;
        }

        if (sandboxId is not null)
        {
            _inSandboxes.Add((_kept.Count, sandboxId));
        }

        _kept.Add(container);
    }

    /// <summary>Counts a container that was left out without being read.</summary>
    public void AddUnread() => LeftOut++;

    /// <summary>The containers that have no workload yet, with their sandboxes.</summary>
    public IEnumerable<(ContainerIdentity Container, string SandboxId)> Unjoined =>
        _inSandboxes.Select(of => (_kept[of.Place], of.SandboxId));

    /// <summary>Adds the facts of its sandbox to each container.</summary>
    /// <param name="joined">Returns the container with its sandbox's facts, given the container and the sandbox's id.</param>
    public void Join(Func<ContainerIdentity, string, ContainerIdentity> joined)
    {
        foreach (var (place, sandbox) in _inSandboxes)
        {
            _kept[place] = joined(_kept[place], sandbox);
        }

        _inSandboxes.Clear();
    }
}
