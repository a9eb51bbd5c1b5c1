using System.Runtime.CompilerServices;
using NetMon.Events;

namespace NetMon.Storage.Columns;

/// <summary>From a container to the index of its texts. Identities are shared by their events, so by reference.</summary>
internal sealed class ContainerIndex
{
    private readonly Dictionary<ContainerIdentity, int> _indices = new(ByReference.Instance);
    private ContainerIdentity? _last;
    private int _lastIndex;

    public TextDictionary Ids { get; } = new();

    public TextDictionary PodNames { get; } = new();

    public TextDictionary PodNamespaces { get; } = new();

    public TextDictionary Names { get; } = new();

    public TextDictionary PodUids { get; } = new();

    public TextDictionary Images { get; } = new();

    /// <summary>The index of the container's texts in each of the dictionaries.</summary>
    public int Of(ContainerIdentity container)
    {
        if (ReferenceEquals(container, _last))
        {
            return _lastIndex;
        }

        if (!_indices.TryGetValue(container, out var index))
        {
            index = Ids.Add(container.ContainerId);
            PodNames.Add(container.PodName);
            PodNamespaces.Add(container.PodNamespace);
            Names.Add(container.ContainerName);
            PodUids.Add(container.PodUid);
            Images.Add(container.Image);
            _indices.Add(container, index);
        }

        (_last, _lastIndex) = (container, index);
        return index;
    }

    public void Clear()
    {
        _last = null;
        _indices.Clear();
        Ids.Clear();
        PodNames.Clear();
        PodNamespaces.Clear();
        Names.Clear();
        PodUids.Clear();
        Images.Clear();
    }

    private sealed class ByReference : IEqualityComparer<ContainerIdentity>
    {
        public static readonly ByReference Instance = new();

        public bool Equals(ContainerIdentity? x, ContainerIdentity? y) => ReferenceEquals(x, y);

        public int GetHashCode(ContainerIdentity obj) => RuntimeHelpers.GetHashCode(obj);
    }
}
