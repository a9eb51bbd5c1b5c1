using System.Buffers;
using System.Text;

namespace NetMon.Parquet;

/// <summary>
/// Writes structures in Thrift's compact protocol (thrift-compact-protocol.md of apache/thrift), as needed for Parquet's footers and page
/// headers. The buffer is reused.
/// </summary>
internal sealed class CompactThrift
{
    private const int MostNested = 8;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly int[] _lastFields = new int[MostNested];
    private int _depth;

    /// <summary>What was written since <see cref="Clear"/>; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void Clear()
    {
        _bytes.ResetWrittenCount();
        (_depth, _lastFields[0]) = (0, 0);
    }

    public void Bool(int field, bool value) => Field(field, value ? CompactType.True : CompactType.False);

    public void Int8(int field, sbyte value)
    {
        Field(field, CompactType.Byte);
        Byte((byte)value);
    }

    public void Int16(int field, short value)
    {
        Field(field, CompactType.Int16);
        ZigZag(value);
    }

    public void Int32(int field, int value)
    {
        Field(field, CompactType.Int32);
        ZigZag(value);
    }

    public void Int64(int field, long value)
    {
        Field(field, CompactType.Int64);
        ZigZag(value);
    }

    public void Binary(int field, ReadOnlySpan<byte> value)
    {
        Field(field, CompactType.Binary);
        Binary(value);
    }

    public void Text(int field, string value) => Binary(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Begins a structure as a field; ended by <see cref="End"/>.</summary>
    public void Struct(int field)
    {
        Field(field, CompactType.Struct);
        Element();
    }

    /// <summary>Begins a structure as a list element; ended by <see cref="End"/>.</summary>
    public void Element() => _lastFields[++_depth] = 0;

    /// <summary>Ends the innermost open structure, or the outermost one.</summary>
    public void End()
    {
        Byte(0);
        _depth = Math.Max(0, _depth - 1);
    }

    /// <summary>Writes a structure without fields.</summary>
    public void Empty(int field)
    {
        Struct(field);
        End();
    }

    /// <summary>Begins a list of structures, each of which is written between <see cref="Element"/> and <see cref="End"/>.</summary>
    public void Structs(int field, int count)
    {
        Field(field, CompactType.List);
        ListHeader(CompactType.Struct, count);
    }

    public void Int32s(int field, params ReadOnlySpan<int> values)
    {
        Field(field, CompactType.List);
        ListHeader(CompactType.Int32, values.Length);
        foreach (var value in values)
        {
            ZigZag(value);
        }
    }

    /// <summary>Writes a list with one text.</summary>
    public void Texts(int field, string value)
    {
        Field(field, CompactType.List);
        ListHeader(CompactType.Binary, 1);
        Binary(Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Writes encoded elements.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    private void Field(int field, CompactType type)
    {
        var step = field - _lastFields[_depth];
        if (step is < 1 or > 15)
        {
            throw new ArgumentOutOfRangeException(nameof(field), field, "fields go up, by at most 15");
        }

        Byte((byte)((step << 4) | (int)type));
        _lastFields[_depth] = field;
    }

    private void ListHeader(CompactType type, int count)
    {
        Byte((byte)((Math.Min(count, 15) << 4) | (int)type));
        if (count >= 15)
        {
            Varint.Write(_bytes, (ulong)count);
        }
    }

    private void Binary(ReadOnlySpan<byte> value)
    {
        Varint.Write(_bytes, (ulong)value.Length);
        _bytes.Write(value);
    }

    private void ZigZag(long value) => Varint.WriteZigZag(_bytes, value);

    private void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}
