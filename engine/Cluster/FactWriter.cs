using System.Buffers.Text;
using System.Text;

namespace NetMon.Cluster;

/// <summary>
/// Collects lines of <see cref="FactProtocol"/> in memory, object by object, for the caller to write out. Allocates only when it grows. Not thread-safe.
/// </summary>
public sealed class FactWriter
{
    private const int Initial = 4096;
    private byte[] _bytes = new byte[Initial];
    private int _length;

    /// <summary>The lines so far; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Lines => _bytes.AsMemory(0, _length);

    /// <summary>The number of bytes so far, for <see cref="CutTo"/>.</summary>
    public int Length => _length;

    /// <summary>Discards everything after a length, such as an object that turned out to be malformed.</summary>
    public void CutTo(int length) => _length = length;

    /// <summary>Discards everything, and releases memory that a large object needed.</summary>
    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > 16 * Initial)
        {
            _bytes = new byte[Initial];
        }
    }

    /// <summary>Writes the first word of a line.</summary>
    public FactWriter Line(string word)
    {
        var room = Room(word.Length);
        _ = Encoding.ASCII.GetBytes(word, room);
        _length += word.Length;
        return this;
    }

    /// <summary>Writes a word that the caller has validated; an empty one becomes <see cref="FactProtocol.Nothing"/>.</summary>
    public FactWriter Word(ReadOnlySpan<byte> word)
    {
        if (word.IsEmpty)
        {
            word = "-"u8;
        }

        var room = Room(word.Length + 1);
        room[0] = (byte)' ';
        word.CopyTo(room[1..]);
        _length += word.Length + 1;
        return this;
    }

    /// <summary>Writes a word.</summary>
    public FactWriter Word(string word) => Word(Encoding.ASCII.GetBytes(word));

    /// <summary>Writes a number.</summary>
    public FactWriter Number(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(value, digits, out var length);
        return Word(digits[..length]);
    }

    /// <summary>Ends the line.</summary>
    public void Over()
    {
        Room(1)[0] = (byte)'\n';
        _length++;
    }

    private Span<byte> Room(int bytes)
    {
        if (_length + bytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + bytes));
        }

        return _bytes.AsSpan(_length);
    }
}
