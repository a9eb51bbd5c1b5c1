using System.Buffers.Text;
using System.Net;
using System.Text;

namespace NetMon.Cluster;

/// <summary>The words of a line, from the first to the last.</summary>
internal ref struct LineWords(ReadOnlySpan<byte> line)
{
    private ReadOnlySpan<byte> _rest = line;

    /// <summary>There is no further word.</summary>
    public readonly bool IsOver => _rest.IsEmpty;

    /// <summary>All that was not read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>The next word; empty where there is none.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var end = _rest.IndexOf((byte)' ');
        var word = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[(end + 1)..];
        return word;
    }

    /// <summary>The next word, which must be a name; null if it is none.</summary>
    /// <param name="pool">Where the name is kept once, if many objects have it; null: it is one object's.</param>
    public string? Name(NamePool? pool)
    {
        var word = Next();
        return !FactProtocol.IsName(word) ? null : pool is null ? Encoding.ASCII.GetString(word) : pool.Of(word);
    }

    /// <summary>The same, but "-" is the empty text.</summary>
    public string? NameOrNothing(NamePool? pool)
    {
        if (_rest.StartsWith("-"u8) && (_rest.Length == 1 || _rest[1] == ' '))
        {
            _ = Next();
            return "";
        }

        return Name(pool);
    }

    /// <summary>The next word, which must be an address; null if it is none.</summary>
    public IPAddress? Address() => Next() is var word && word.IndexOf((byte)'%') < 0 && IPAddress.TryParse(word, out var address) ? address : null;

    /// <summary>The next word, which must be a range of addresses; null if it is none.</summary>
    public IPNetwork? Network() => Next() is var word && word.IndexOf((byte)'%') < 0 && IPNetwork.TryParse(word, out var network) ? network : null;

    /// <summary>The next word, which must be a number; null if it is none.</summary>
    public long? Number()
    {
        var word = Next();
        return Utf8Parser.TryParse(word, out long value, out var used) && used == word.Length && value >= 0 ? value : null;
    }
}
