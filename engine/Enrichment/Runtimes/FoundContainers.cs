using System.Text;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// The containers of one answer, with a bound: those that are wanted, and of the others the first <see cref="Most"/>. So an
/// answer of millions of containers costs what a node's own do. One thread at a time.
/// </summary>
internal sealed class FoundContainers(IReadOnlyCollection<string> wanted)
{
    /// <summary>Containers kept that nobody asked for; the directory keeps no more of those either.</summary>
    public const int Most = 8192;

    /// <summary>Bytes of one container in an answer, or of one event. Kubernetes limits an object to about as much.</summary>
    public const int LargestElement = 1 << 20;

    private readonly List<ContainerIdentity> _kept = [];
    private readonly List<(int Place, string SandboxId)> _inSandboxes = [];
    private readonly HashSet<string> _missing = [.. wanted];
    private int _others;

    /// <summary>What is kept, in the order in which it came.</summary>
    public IReadOnlyList<ContainerIdentity> Kept => _kept;

    /// <summary>Containers left out: past the bound, or larger than <see cref="LargestElement"/>.</summary>
    public long LeftOut { get; private set; }

    /// <summary>True once every wanted id was found, if any was wanted.</summary>
    public bool HasAllWanted => wanted.Count > 0 && _missing.Count == 0;

    /// <summary>False: it would be left out, so it need not be read. The id may be longer than any is.</summary>
    public bool Takes(ReadOnlySpan<byte> id) =>
        _others < Most || (_missing.Count > 0 && id.Length <= PodLabels.LongestId && _missing.Contains(Encoding.UTF8.GetString(id)));

    /// <summary>Takes one in, or counts it as left out.</summary>
    /// <param name="container">The container, or a sandbox.</param>
    /// <param name="sandboxId">The sandbox that it is in, whose facts <see cref="Join"/> gives it; null for what has its own.</param>
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

    /// <summary>One was left out without being read.</summary>
    public void AddUnread() => LeftOut++;

    /// <summary>The containers that have no workload yet, and the sandboxes that they are in.</summary>
    public IEnumerable<(ContainerIdentity Container, string SandboxId)> Unjoined =>
        _inSandboxes.Select(of => (_kept[of.Place], of.SandboxId));

    /// <summary>Gives each container in a sandbox what the sandbox says.</summary>
    /// <param name="joined">The container with what its sandbox says, by the container and the sandbox's id.</param>
    public void Join(Func<ContainerIdentity, string, ContainerIdentity> joined)
    {
        foreach (var (place, sandbox) in _inSandboxes)
        {
            _kept[place] = joined(_kept[place], sandbox);
        }

        _inSandboxes.Clear();
    }
}
