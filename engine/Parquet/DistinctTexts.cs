using System.Buffers;
using System.IO.Hashing;
using System.Text;

namespace NetMon.Parquet;

/// <summary>
/// The dictionary of a column whose texts come row by row: each has its index, in the order in which they came. Its hashes are seeded at
/// random: the texts come from the network. Keeps its memory from use to use. One thread.
/// </summary>
public sealed class DistinctTexts
{
    private const int LeastSlots = 64;

    private static readonly long Seed = Random.Shared.NextInt64();

    private int[] _slots = new int[LeastSlots]; // index + 1; 0 is free
    private int _last = -1;

    public PlainTexts Texts { get; } = new();

    /// <summary>The text's index; it is added if it is new.</summary>
    public uint IndexOf(string text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var index = IndexOf(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
        return index;
    }

    /// <summary>The index of a text of UTF-8; it is added if it is new.</summary>
    public uint IndexOf(ReadOnlySpan<byte> text)
    {
        if (_last >= 0 && Texts[_last].SequenceEqual(text))
        {
            return (uint)_last;
        }

        ref var slot = ref SlotOf(text);
        if (slot == 0)
        {
            Texts.Add(text);
            slot = Texts.Count;
            _last = slot - 1;
            if (2 * Texts.Count > _slots.Length)
            {
                Grow();
            }
        }
        else
        {
            _last = slot - 1;
        }

        return (uint)_last;
    }

    /// <summary>Forgets the texts; keeps the memory.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        Texts.Clear();
        _last = -1;
    }

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        for (var index = 0; index < Texts.Count; index++)
        {
            SlotOf(Texts[index]) = index + 1;
        }
    }

    /// <summary>The text's slot, or the free one where it belongs.</summary>
    private ref int SlotOf(ReadOnlySpan<byte> text)
    {
        var mask = _slots.Length - 1;
        var slot = (int)XxHash3.HashToUInt64(text, Seed) & mask;
        while (_slots[slot] != 0 && !Texts[_slots[slot] - 1].SequenceEqual(text))
        {
            slot = (slot + 1) & mask;
        }

        return ref _slots[slot];
    }
}
