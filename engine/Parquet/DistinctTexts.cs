using System.Buffers;
using System.IO.Hashing;
using System.Text;

namespace NetMon.Parquet;

/// <summary>
/// The dictionary of a column whose texts arrive row by row; indices are assigned in the order of arrival. Hashes are randomly seeded because
/// the texts come from the network. Memory is reused. Not thread-safe.
/// </summary>
public sealed class DistinctTexts
{
    private const int LeastSlots = 64;

    private static readonly long Seed = Random.Shared.NextInt64();

    private int[] _slots = new int[LeastSlots]; // index + 1; 0 is free
    private int _last = -1;

    public PlainTexts Texts { get; } = new();

    /// <summary>Returns a text's index; adds the text if it is new.</summary>
    public uint IndexOf(string text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var index = IndexOf(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
        return index;
    }

    /// <summary>Returns the index of a UTF-8 text; adds the text if it is new.</summary>
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

    /// <summary>Removes the texts; keeps the memory.</summary>
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

    /// <summary>Returns the text's slot, or the free slot where to insert it.</summary>
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
