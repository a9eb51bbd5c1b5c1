using System.Buffers.Binary;
using System.Text;

namespace NetMon.Parquet;

/// <summary>
/// The texts of a column's dictionary as stored: a length of four bytes, then UTF-8. Every text must be used by a row, because the column's bounds
/// are computed from them. Memory is reused.
/// </summary>
public sealed class PlainTexts
{
    private byte[] _bytes = new byte[256];
    private int _length;
    private int[] _starts = new int[16];
    private (int At, int Length) _least;
    private (int At, int Length) _greatest;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>The minimum in byte order.</summary>
    public ReadOnlySpan<byte> Least => Bytes.Slice(_least.At, _least.Length);

    /// <summary>The maximum in byte order.</summary>
    public ReadOnlySpan<byte> Greatest => Bytes.Slice(_greatest.At, _greatest.Length);

    /// <summary>The text with an index; valid until another text is added.</summary>
    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(_starts[index] + sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(_starts[index])));

    /// <summary>Adds a text, with the previous count as its index.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        var room = Room(sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length));
        Advance(room, Encoding.UTF8.GetBytes(text, room[sizeof(int)..]));
    }

    /// <summary>Adds a UTF-8 text.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        var room = Room(sizeof(int) + text.Length);
        text.CopyTo(room[sizeof(int)..]);
        Advance(room, text.Length);
    }

    /// <summary>Enumerates the texts; valid until another text is added.</summary>
    public Enumerator GetEnumerator() => new(Bytes);

    /// <summary>Removes the texts; keeps the memory.</summary>
    public void Clear()
    {
        (_length, Count) = (0, 0);
    }

    private Span<byte> Room(int length)
    {
        if (_bytes.Length - _length < length)
        {
            Array.Resize(ref _bytes, Math.Max(_length + length, 2 * _bytes.Length));
        }

        return _bytes.AsSpan(_length);
    }

    private void Advance(Span<byte> room, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(room, length);
        var text = (At: _length + sizeof(int), Length: length);
        _length += sizeof(int) + length;
        var added = Bytes.Slice(text.At, text.Length);
        if (Count == 0 || added.SequenceCompareTo(Least) < 0)
        {
            _least = text;
        }

        if (Count == 0 || added.SequenceCompareTo(Greatest) > 0)
        {
            _greatest = text;
        }

        if (Count == _starts.Length)
        {
            Array.Resize(ref _starts, 2 * Count);
        }

        _starts[Count++] = text.At - sizeof(int);
    }

    /// <summary>Enumerates texts.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public ReadOnlySpan<byte> Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(_rest);
            Current = _rest.Slice(sizeof(int), length);
            _rest = _rest[(sizeof(int) + length)..];
            return true;
        }
    }
}
