namespace NetMon.Pipeline.Json;

/// <summary>
/// The part of a line about a container or a peer, rendered once per identity. Events share identity objects, so they are found by
/// reference. Bounded; not thread-safe.
/// </summary>
/// <typeparam name="T">A container or a peer.</typeparam>
/// <param name="render">Renders the part.</param>
internal sealed class IdentityJson<T>(Func<T, byte[]> render)
    where T : class
{
    private const int MostKept = 4096; // ten times the containers of a node
    private readonly Dictionary<T, byte[]> _rendered = new(ReferenceEqualityComparer.Instance);
    private T? _last;
    private byte[] _lastRendered = [];

    /// <summary>Returns the part, starting with a comma.</summary>
    public ReadOnlySpan<byte> Of(T identity)
    {
        if (!ReferenceEquals(identity, _last))
        {
            if (!_rendered.TryGetValue(identity, out var rendered))
            {
                if (_rendered.Count == MostKept)
                {
                    _rendered.Clear();
                }

                rendered = render(identity);
                _rendered.Add(identity, rendered);
            }

            (_last, _lastRendered) = (identity, rendered);
        }

        return _lastRendered;
    }
}
