using System.Text;

namespace NetMon.Query.Files;

/// <summary>
/// Reads structures of Thrift's compact protocol, as far as Parquet's footers need it, and believes nothing: no length leads
/// behind the end, and nothing nests deeper than footers do.
/// </summary>
internal ref struct FooterReader(ReadOnlySpan<byte> bytes)
{
    private const int MostNested = 16;
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>The types of the compact protocol.</summary>
    internal enum Wire
    {
        Stop = 0,
        True = 1,
        False = 2,
        Byte = 3,
        Int16 = 4,
        Int32 = 5,
        Int64 = 6,
        Double = 7,
        Binary = 8,
        List = 9,
        Set = 10,
        Map = 11,
        Struct = 12,
    }

    /// <summary>The next field of a structure; <paramref name="id"/> is the last one's before, 0 at the beginning.</summary>
    public Wire Field(ref int id)
    {
        var head = Byte();
        var wire = (Wire)(head & 15);
        if (wire != Wire.Stop)
        {
            id = head >> 4 is var step and not 0 ? id + step : (int)Number();
        }

        return wire;
    }

    /// <summary>A number of any width.</summary>
    public long Number()
    {
        var value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public string Text() => Encoding.UTF8.GetString(Take(Length()));

    /// <summary>The head of a list: how many elements, and of which type.</summary>
    public int List(out Wire element)
    {
        var head = Byte();
        element = (Wire)(head & 15);
        var count = head >> 4 is var few and < 15 ? few : Length();
        return count <= _bytes.Length - _at ? count : throw Damaged();
    }

    /// <summary>Passes over a field's value.</summary>
    public void Skip(Wire wire) => Skip(wire, 0);

    private void Skip(Wire wire, int depth)
    {
        if (depth > MostNested)
        {
            throw Damaged();
        }

        switch (wire)
        {
            case Wire.True or Wire.False:
                break;
            case Wire.Byte:
                _ = Byte();
                break;
            case Wire.Int16 or Wire.Int32 or Wire.Int64:
                _ = Unsigned();
                break;
            case Wire.Double:
                _ = Take(sizeof(double));
                break;
            case Wire.Binary:
                _ = Take(Length());
                break;
            case Wire.List or Wire.Set:
                for (var left = List(out var element); left > 0; left--)
                {
                    // Truth values take a byte in a list.
                    Skip(element is Wire.True or Wire.False ? Wire.Byte : element, depth + 1);
                }

                break;
            case Wire.Struct:
                var id = 0;
                while (Field(ref id) is var inner and not Wire.Stop)
                {
                    Skip(inner, depth + 1);
                }

                break;
            default:
                throw Damaged();
        }
    }

    private int Length() => Unsigned() is var length && length <= (ulong)(_bytes.Length - _at) ? (int)length : throw Damaged();

    private byte Byte() => _at < _bytes.Length ? _bytes[_at++] : throw Damaged();

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _bytes.Length - _at)
        {
            throw Damaged();
        }

        _at += length;
        return _bytes.Slice(_at - length, length);
    }

    private ulong Unsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    private static InvalidDataException Damaged() => new("its footer is damaged");
}
