using NetMon.Events;

namespace NetMon.Storage.Cold;

/// <summary>
/// Maps equal containers to one object, so that a row group's dictionary has each once, and containers without names to the names that
/// arrived late. Used for one piece, on one thread.
/// </summary>
internal sealed class NamesFilledIn(Func<ContainerIdentity, ContainerIdentity?>? namesOf)
{
    /// <summary>Bounds memory; more containers than a node starts in an hour.</summary>
    private const int Most = 65_536;

    /// <summary>Bounds the size of a file's metadata: an id has 64 characters.</summary>
    private const int MostUnnamed = 1024;

    private readonly Dictionary<ContainerIdentity, ContainerIdentity> _byReference = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ContainerIdentity, ContainerIdentity> _known = [];
    private ContainerIdentity? _last;
    private ContainerIdentity? _lastNamed;

    /// <summary>Ids of containers without names so far, limited to what fits the file's metadata.</summary>
    public List<string> Unnamed { get; } = [];

    public ContainerIdentity Of(ContainerIdentity container)
    {
        if (!ReferenceEquals(container, _last))
        {
            if (!_byReference.TryGetValue(container, out var named))
            {
                named = Share(container);
                if (_byReference.Count >= Most)
                {
                    _byReference.Clear();
                }

                _byReference.Add(container, named);
            }

            (_last, _lastNamed) = (container, named);
        }

        return _lastNamed!;
    }

    private ContainerIdentity Share(ContainerIdentity container)
    {
        if (!_known.TryGetValue(container, out var named))
        {
            named = container.IsNamed || !container.IsContainer ? container : namesOf?.Invoke(container) ?? container;
            if (_known.Count >= Most)
            {
                _known.Clear();
            }

            _known.Add(container, named);
            if (named is { IsNamed: false, IsContainer: true } && Unnamed.Count < MostUnnamed)
            {
                Unnamed.Add(named.ContainerId);
            }
        }

        return named;
    }
}
