using NetMon.Events;

namespace NetMon.Pipeline.Json;

/// <summary>
/// The container's part of a line, rendered once for each identity: they are shared by their events, so by reference.
/// Bounded; one thread.
/// </summary>
/// <param name="render">Makes it.</param>
internal sealed class ContainerJson(Func<ContainerIdentity, byte[]> render)
{
    private const int MostKept = 4096; // ten times the containers of a node
    private readonly Dictionary<ContainerIdentity, byte[]> _rendered = new(ReferenceEqualityComparer.Instance);
    private ContainerIdentity? _last;
    private byte[] _lastRendered = [];

    /// <summary>The part with the comma before it.</summary>
    public ReadOnlySpan<byte> Of(ContainerIdentity container)
    {
        if (!ReferenceEquals(container, _last))
        {
            if (!_rendered.TryGetValue(container, out var rendered))
            {
                if (_rendered.Count == MostKept)
                {
                    _rendered.Clear();
                }

                rendered = render(container);
                _rendered.Add(container, rendered);
            }

            (_last, _lastRendered) = (container, rendered);
        }

        return _lastRendered;
    }
}
