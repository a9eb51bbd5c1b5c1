namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>
/// Iterates over the fields of a protobuf message in place, without creating objects, so that a message of millions of parts can be examined before any
/// part becomes an object. Malformed messages throw <see cref="RuntimeException"/>.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>The value of the current field if it is a number; else 0.</summary>
    public ulong Number { get; private set; }

    /// <summary>The bytes of the current field if it has a length (text, bytes, a message); else empty.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Returns the last value of a field with a length, which is the one that counts in protobuf; empty if there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> message, int field)
    {
        ReadOnlySpan<byte> found = default;
        var reader = new WireReader(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                found = reader.Bytes;
            }
        }

        return found;
    }

    /// <summary>Advances to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = Varint();
        (Field, Number) = ((int)Math.Min(tag >> 3, int.MaxValue), 0);
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Malformed();
        }

        return Field != 0 ? true : throw Malformed();
    }

    private static RuntimeException Malformed() => new("its answer is not a protobuf message");

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            throw Malformed();
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private ulong Varint()
    {
        const int Longest = 10;
        var value = 0ul;
        for (var i = 0; i < Longest && i < _rest.Length; i++)
        {
            value |= (ulong)(_rest[i] & 0x7f) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw Malformed();
    }
}
