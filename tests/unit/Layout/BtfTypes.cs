using System.Buffers.Binary;
using System.Text;

namespace NetMon.UnitTests.Layout;

/// <summary>
/// The types in the .BTF section of a little-endian ELF64 object: the subset of Documentation/bpf/btf.rst that the wire
/// structs need.
/// </summary>
internal sealed class BtfTypes
{
    private const int KindInt = 1;
    private const int KindArray = 3;
    private const int KindStruct = 4;
    private const int KindEnum = 6;
    private const int HeaderBytes = 12;
    private readonly List<BtfType> _types = [new BtfType("", 0, 0, 0, false, 0)];
    private readonly byte[] _section;
    private readonly int _strings;

    private BtfTypes(byte[] section)
    {
        _section = section;
        if (U16(0) != 0xeb9f)
        {
            throw new InvalidDataException("no BTF magic");
        }

        var header = (int)U32(4);
        var (start, length) = (header + (int)U32(8), (int)U32(12));
        _strings = header + (int)U32(16);
        for (var at = start; at < start + length;)
        {
            var info = U32(at + 4);
            var (kind, members) = ((int)(info >> 24) & 0x1f, (int)(info & 0xffff));
            _types.Add(new BtfType(Text(U32(at)), kind, members, U32(at + 8), info >> 31 != 0, at + HeaderBytes));
            at += HeaderBytes + BytesAfterHeader(kind, members);
        }
    }

    /// <summary>Reads the types from the contents of an object file.</summary>
    public static BtfTypes OfElf(ReadOnlySpan<byte> elf)
    {
        var headers = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf[0x28..]);
        var headerBytes = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3a..]);
        var sections = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3c..]);
        var names = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3e..]);
        var nameBytes = Section(elf, headers + names * headerBytes);
        for (var i = 0; i < sections; i++)
        {
            var header = headers + i * headerBytes;
            var name = nameBytes[(int)BinaryPrimitives.ReadUInt32LittleEndian(elf[header..])..];
            if (name.StartsWith(".BTF\0"u8))
            {
                return new BtfTypes(Section(elf, header).ToArray());
            }
        }

        throw new InvalidDataException("the object has no .BTF section");
    }

    /// <summary>A struct by name.</summary>
    public BtfStruct Struct(string name)
    {
        var type = _types.FirstOrDefault(t => t.Kind == KindStruct && t.Name == name)
            ?? throw new InvalidDataException($"the object's BTF has no struct {name}");
        var fields = new BtfField[type.Members];
        for (var i = 0; i < fields.Length; i++)
        {
            var at = type.Details + 12 * i;
            var bits = type.Flag ? U32(at + 8) & 0xffffff : U32(at + 8);
            fields[i] = new BtfField(Text(U32(at)), (int)bits / 8, SizeOf(U32(at + 4)));
        }

        return new BtfStruct(name, (int)type.SizeOrType, fields);
    }

    /// <summary>The constants of an enum by name; null if the object has no such enum.</summary>
    public IReadOnlyDictionary<string, long>? Enum(string name) =>
        _types.FirstOrDefault(t => t.Kind == KindEnum && t.Name == name) is { } type
            ? Enumerable.Range(0, type.Members).ToDictionary(i => Text(U32(type.Details + 8 * i)), i => (long)(int)U32(type.Details + 8 * i + 4))
            : null;

    private int SizeOf(uint id)
    {
        var type = _types[(int)id];
        return type.Kind switch
        {
            KindInt or KindStruct or 5 or KindEnum or 16 or 19 => (int)type.SizeOrType, // 5: union, 16: float, 19: enum64
            2 => 8, // pointer
            KindArray => SizeOf(U32(type.Details)) * (int)U32(type.Details + 8),
            8 or 9 or 10 or 11 or 18 => SizeOf(type.SizeOrType), // typedef, volatile, const, restrict, type tag
            _ => throw new InvalidDataException($"BTF kind {type.Kind} has no size"),
        };
    }

    private static int BytesAfterHeader(int kind, int members) => kind switch
    {
        KindInt or 14 or 17 => 4, // 14: variable, 17: declaration tag
        KindArray => 12,
        KindStruct or 5 or 15 or 19 => 12 * members, // 5: union, 15: data section, 19: enum64
        KindEnum or 13 => 8 * members, // 13: function prototype
        _ => 0,
    };

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> elf, int header) =>
        elf.Slice((int)BinaryPrimitives.ReadUInt64LittleEndian(elf[(header + 0x18)..]), (int)BinaryPrimitives.ReadUInt64LittleEndian(elf[(header + 0x20)..]));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_section.AsSpan(at));

    private uint U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_section.AsSpan(at));

    private string Text(uint at)
    {
        var text = _section.AsSpan(_strings + (int)at);
        return Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
    }
}
