using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetMon.Parquet;

/// <summary>
/// The distinct values of a column in the order of first occurrence, found by a hash table with open addressing. Its multipliers are random per
/// process because the values come from the network. Memory is reused. Not thread-safe.
/// </summary>
/// <typeparam name="T">A value of eight or sixteen bytes.</typeparam>
public sealed class DistinctValues<T>
    where T : unmanaged, IEquatable<T>
{
    private const int LeastSlots = 1024;

    private static readonly ulong First = RandomOdd();
    private static readonly ulong Second = RandomOdd();

    private T[] _values = new T[LeastSlots / 2];
    private uint[] _slots = new uint[LeastSlots]; // index + 1; 0 is free
    private int _shift = 64 - BitOperations.Log2(LeastSlots);

    /// <summary>The values found since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Writes each value's index to <paramref name="indices"/>; false if there are more than <paramref name="most"/> distinct values.</summary>
    public bool TryIndex(ReadOnlySpan<T> values, Span<uint> indices, int most)
    {
        if (values.IsEmpty)
        {
            return true;
        }

        indices = indices[..values.Length];
        var last = values[0];
        var lastIndex = IndexOf(last);
        for (var row = 0; row < values.Length; row++)
        {
            if (!values[row].Equals(last))
            {
                last = values[row];
                lastIndex = IndexOf(last);
                if (Count > most)
                {
                    return false;
                }
            }

            indices[row] = lastIndex;
        }

        return true;
    }

    /// <summary>Preallocates memory for a number of values, to avoid growing in steps.</summary>
    public void Reserve(int values)
    {
        if (values > _values.Length)
        {
            Grow((int)BitOperations.RoundUpToPowerOf2((uint)values));
        }
    }

    /// <summary>Removes the values; keeps the memory.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
    }

    private uint IndexOf(in T value)
    {
        ref var slot = ref SlotOf(in value);
        if (slot == 0)
        {
            if (Count == _values.Length)
            {
                Grow(2 * _values.Length);
                slot = ref SlotOf(in value);
            }

            _values[Count] = value;
            slot = (uint)++Count;
        }

        return slot - 1;
    }

    /// <summary>Returns the value's slot, or the free slot where to insert it.</summary>
    private ref uint SlotOf(in T value)
    {
        var mask = _slots.Length - 1;
        var slot = (int)(Hash(in value) >> _shift);
        while (_slots[slot] != 0 && !_values[_slots[slot] - 1].Equals(value))
        {
            slot = (slot + 1) & mask;
        }

        return ref _slots[slot];
    }

    /// <summary>Multiply-shift hashing (Dietzfelbinger et al., 1997); use the upper bits.</summary>
    private static ulong Hash(in T value)
    {
        var words = MemoryMarshal.Cast<T, ulong>(new ReadOnlySpan<T>(in value));
        var hash = words[0] * First;
        hash ^= hash >> 32;
        if (Unsafe.SizeOf<T>() > sizeof(ulong))
        {
            hash += words[1] * Second;
        }

        return hash * First;
    }

    private void Grow(int values)
    {
        Array.Resize(ref _values, values);
        _slots = new uint[2 * values];
        _shift = 64 - BitOperations.Log2((uint)_slots.Length);
        for (var index = 0; index < Count; index++)
        {
            SlotOf(in _values[index]) = (uint)index + 1;
        }
    }

    /// <summary>Not by System.Security.Cryptography: it needs the OpenSSL library, which the agent's image does not contain.</summary>
    private static ulong RandomOdd() => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) | 1;
}
