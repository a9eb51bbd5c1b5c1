using System.Text;

namespace NetMon.Parquet.Reading;

/// <summary>
/// Reads structures in Thrift's compact protocol. Lengths are checked against the remaining bytes. Read a structure by calling
/// <see cref="TryField"/> until it returns false; skip unknown fields.
/// </summary>
/// <param name="bytes">Borrowed.</param>
internal ref struct CompactThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int MostNested = 16;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _at;

    private readonly int Left => _bytes.Length - _at;

    /// <summary>Advances to the next field of a structure; false at its end.</summary>
    /// <param name="field">The field's number; 0 before the first.</param>
    /// <param name="type">The type of its value.</param>
    /// <exception cref="DamagedFileException">There is neither a field nor an end.</exception>
    public bool TryField(ref int field, out CompactType type)
    {
        var header = Byte();
        type = (CompactType)(header & 0xf);
        if (header == 0)
        {
            return false;
        }

        field = header >> 4 is var step and > 0 ? field + step : checked((short)ZigZag(short.MinValue, short.MaxValue));
        return type is >= CompactType.True and <= CompactType.Struct ? true : throw Damaged($"a field has the type {(int)type}");
    }

    public static bool Bool(CompactType type) => type switch
    {
        CompactType.True => true,
        CompactType.False => false,
        _ => throw Damaged("a flag has another type"),
    };

    public int Int32(CompactType type) => type is CompactType.Int32 or CompactType.Int16
        ? (int)ZigZag(int.MinValue, int.MaxValue)
        : throw Damaged("a 32-bit number has another type");

    public long Int64(CompactType type) => type == CompactType.Int64
        ? ZigZag(long.MinValue, long.MaxValue)
        : throw Damaged("a 64-bit number has another type");

    /// <summary>Reads length-prefixed bytes; returns their range.</summary>
    public Range Binary(CompactType type)
    {
        Expect(type, CompactType.Binary);
        var length = Count(1);
        _at += length;
        return (_at - length).._at;
    }

    /// <summary>Reads a text; bytes that are not valid UTF-8 become U+FFFD.</summary>
    public string Text(CompactType type) => Encoding.UTF8.GetString(_bytes[Binary(type)]);

    public static void Struct(CompactType type) => Expect(type, CompactType.Struct);

    /// <summary>Begins a list with elements of a type; returns their number. Each element has at least one byte.</summary>
    public int List(CompactType type, CompactType elements)
    {
        Expect(type, CompactType.List);
        var (found, count) = ListHeader();
        return count == 0 || found == elements ? count : throw Damaged("a list has elements of another type");
    }

    /// <summary>Skips a value.</summary>
    public void Skip(CompactType type) => Skip(type, MostNested, isElement: false);

    private void Skip(CompactType type, int depth, bool isElement)
    {
        if (depth == 0)
        {
            throw Damaged("structures are nested too deep");
        }

        switch (type)
        {
            case CompactType.True or CompactType.False:
                _at += isElement ? Some(1) : 0;
                break;
            case CompactType.Byte:
                _at += Some(1);
                break;
            case CompactType.Int16 or CompactType.Int32 or CompactType.Int64:
                _ = Varint.Read(_bytes, ref _at);
                break;
            case CompactType.Double:
                _at += Some(sizeof(double));
                break;
            case CompactType.Binary:
                _ = Binary(type);
                break;
            case CompactType.List or CompactType.Set:
                var (elements, count) = ListHeader();
                for (; count > 0; count--)
                {
                    Skip(elements, depth - 1, isElement: true);
                }

                break;
            case CompactType.Struct:
                for (var field = 0; TryField(ref field, out var inner);)
                {
                    Skip(inner, depth - 1, isElement: false);
                }

                break;
            default:
                throw Damaged($"a value has the type {(int)type}"); // includes maps, which the format does not use
        }
    }

    private (CompactType Elements, int Count) ListHeader()
    {
        var header = Byte();
        var count = header >> 4;
        if (count == 15)
        {
            count = Count(1);
        }
        else
        {
            _ = Some(count);
        }

        return ((CompactType)(header & 0xf), count);
    }

    private byte Byte()
    {
        _ = Some(1);
        return _bytes[_at++];
    }

    /// <summary>Reads a count of elements with at least this many bytes each.</summary>
    private int Count(int least)
    {
        var count = Varint.Read(_bytes, ref _at);
        return count <= (ulong)(Left / least) ? (int)count : throw Damaged($"{count} elements are announced, and {Left} bytes follow");
    }

    private readonly int Some(int length) => length <= Left ? length : throw Damaged("it ends in the middle of a value");

    private long ZigZag(long least, long most)
    {
        var value = Varint.ReadZigZag(_bytes, ref _at);
        return value >= least && value <= most ? value : throw Damaged("a number is too large for its type");
    }

    private static void Expect(CompactType type, CompactType expected)
    {
        if (type != expected)
        {
            throw Damaged($"expected a value of type {(int)expected}, found type {(int)type}");
        }
    }

    private static DamagedFileException Damaged(string what) => new($"metadata: {what}");
}
