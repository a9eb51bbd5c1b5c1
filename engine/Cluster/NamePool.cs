using System.Text;

namespace NetMon.Cluster;

/// <summary>Deduplicates names that many objects share (namespaces, Services, nodes, zones). Bounded: it is cleared when full. Not thread-safe.</summary>
internal sealed class NamePool
{
    private const int Most = 32768;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public NamePool()
    {
        _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Returns the shared string of a name.</summary>
    /// <param name="name">ASCII, up to <see cref="FactProtocol.MaxNameBytes"/>.</param>
    public string Of(ReadOnlySpan<byte> name)
    {
        Span<char> letters = stackalloc char[FactProtocol.MaxNameBytes];
        var length = Encoding.ASCII.GetChars(name, letters);
        if (_lookup.TryGetValue(letters[..length], out var known))
        {
            return known;
        }

        if (_names.Count >= Most)
        {
            _names.Clear();
        }

        var text = new string(letters[..length]);
        _names.Add(text);
        return text;
    }
}
