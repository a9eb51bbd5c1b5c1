using System.Buffers.Text;
using System.Net;
using System.Text;

namespace NetMon.Cluster;

/// <summary>Parses the words of a line in order.</summary>
internal ref struct LineWords(ReadOnlySpan<byte> line)
{
    private ReadOnlySpan<byte> _rest = line;

    /// <summary>Whether there are no more words.</summary>
    public readonly bool IsOver => _rest.IsEmpty;

    /// <summary>The unread rest of the line.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Returns the next word; empty if there is none.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var end = _rest.IndexOf((byte)' ');
        var word = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[(end + 1)..];
        return word;
    }

    /// <summary>Returns the next word if it is a name; else null.</summary>
    /// <param name="pool">A pool for names that many objects share; null: the name is not shared.</param>
    public string? Name(NamePool? pool)
    {
        var word = Next();
        return !FactProtocol.IsName(word) ? null : pool is null ? Encoding.ASCII.GetString(word) : pool.Of(word);
    }

    /// <summary>Returns the next word if it is a name, or empty for "-"; else null.</summary>
    public string? NameOrNothing(NamePool? pool)
    {
        if (_rest.StartsWith("-"u8) && (_rest.Length == 1 || _rest[1] == ' '))
        {
            _ = Next();
            return "";
        }

        return Name(pool);
    }

    /// <summary>Returns the next word if it is an address; else null.</summary>
    public IPAddress? Address() => Next() is var word && word.IndexOf((byte)'%') < 0 && IPAddress.TryParse(word, out var address) ? address : null;

    /// <summary>Returns the next word if it is an address range; else null.</summary>
    public IPNetwork? Network() => Next() is var word && word.IndexOf((byte)'%') < 0 && IPNetwork.TryParse(word, out var network) ? network : null;

    /// <summary>Returns the next word if it is a number; else null.</summary>
    public long? Number()
    {
        var word = Next();
        return Utf8Parser.TryParse(word, out long value, out var used) && used == word.Length && value >= 0 ? value : null;
    }
}
