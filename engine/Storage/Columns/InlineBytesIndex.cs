using System.Buffers.Binary;
using NetMon.Events;

namespace NetMon.Storage.Columns;

/// <summary>
/// From an address or process name of sixteen bytes to the index of its text, so that the text of one that repeats is
/// made once a row group. A hash table with open addressing, seeded per process: the keys come from the network.
/// </summary>
internal sealed class InlineBytesIndex(InlineBytesIndex.TextOf textOf)
{
    /// <summary>Writes the text of the bytes, <see cref="MaxText"/> characters at most; returns its length.</summary>
    public delegate int TextOf(ReadOnlySpan<byte> bytes, Span<char> text);

    private const int MaxText = 64;

    private (ulong First, ulong Second)[] _keys = new (ulong, ulong)[64];
    private int[] _slots = new int[128]; // index + 1; 0 is free
    private int _count;

    public TextDictionary Texts { get; } = new();

    /// <summary>The index of the text of <paramref name="bytes"/> in <see cref="Texts"/>.</summary>
    public int Of(ReadOnlySpan<byte> bytes)
    {
        var key = (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        var slot = FindSlot(key);
        return _slots[slot] != 0 ? _slots[slot] - 1 : Add(key, slot, bytes);
    }

    /// <summary>Forgets all texts; keeps the memory.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        _count = 0;
        Texts.Clear();
    }

    private int FindSlot((ulong First, ulong Second) key)
    {
        var mask = _slots.Length - 1;
        var slot = HashCode.Combine(key.First, key.Second) & mask;
        while (_slots[slot] != 0 && _keys[_slots[slot] - 1] != key)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private int Add((ulong First, ulong Second) key, int slot, ReadOnlySpan<byte> bytes)
    {
        if (_count == _keys.Length)
        {
            Grow();
            slot = FindSlot(key);
        }

        Span<char> text = stackalloc char[MaxText];
        _keys[_count++] = key;
        _slots[slot] = _count;
        return Texts.Add(text[..textOf(bytes, text)]);
    }

    private void Grow()
    {
        Array.Resize(ref _keys, 2 * _keys.Length);
        _slots = new int[2 * _keys.Length];
        for (var index = 0; index < _count; index++)
        {
            _slots[FindSlot(_keys[index])] = index + 1;
        }
    }
}
