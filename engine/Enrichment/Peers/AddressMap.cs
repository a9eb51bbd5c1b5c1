using System.Diagnostics.CodeAnalysis;

namespace NetMon.Enrichment.Peers;

/// <summary>
/// A hash table from addresses to their latest span, which links to older ones. One thread writes; other threads read without locks or
/// allocations.
/// </summary>
internal sealed class AddressMap
{
    private const int FirstCapacity = 64;

    /// <summary>Replaced when full; a reader with the previous table misses later additions.</summary>
    private volatile Table _table = new(FirstCapacity);

    /// <summary>The number of addresses.</summary>
    public int Count { get; private set; }

    /// <summary>Returns the latest span of an address. Thread-safe.</summary>
    public bool TryGet(UInt128 address, [NotNullWhen(true)] out AddressSpan? youngest)
    {
        youngest = Volatile.Read(ref _table.PlaceOf(address).Youngest);
        return youngest is not null;
    }

    /// <summary>Sets the latest span of an address. For the writer's thread.</summary>
    public void Set(UInt128 address, AddressSpan youngest)
    {
        if (_table.PlaceOf(address).Youngest is null && 2 * (Count + 1) > _table.Entries.Length)
        {
            Rebuild(_table.Entries.Length * 2, span => span);
        }

        Count += _table.Set(address, youngest) ? 1 : 0;
    }

    /// <summary>Replaces each span by the function's result; null removes the address. For the writer's thread.</summary>
    public void ReplaceAll(Func<AddressSpan, AddressSpan?> replacement) => Rebuild(_table.Entries.Length, replacement);

    private void Rebuild(int capacity, Func<AddressSpan, AddressSpan?> replacement)
    {
        var (old, table) = (_table, new Table(capacity));
        Count = 0;
        foreach (var entry in old.Entries)
        {
            if (entry.Youngest is { } span && replacement(span) is { } kept)
            {
                table.Set(new UInt128(entry.High, entry.Low), kept);
                Count++;
            }
        }

        _table = table;
    }

    /// <summary>Key and value side by side: a successful lookup reads one cache line, rarely two.</summary>
    private struct Entry
    {
        public ulong Low;
        public ulong High;
        public AddressSpan? Youngest; // written after its key, which does not change
    }

    /// <param name="capacity">A power of two; at most half of it is used.</param>
    private sealed class Table(int capacity)
    {
        private const ulong Multiplier = 0x9E3779B97F4A7C15; // 2^64 divided by the golden ratio: spreads adjacent addresses

        private readonly int _shift = 64 - int.Log2(capacity);

        public Entry[] Entries { get; } = new Entry[capacity];

        /// <summary>Returns the entry of an address, or the free entry where to insert it.</summary>
        public ref Entry PlaceOf(UInt128 address)
        {
            var entries = Entries;
            var (low, high) = ((ulong)address, (ulong)(address >> 64));
            for (var at = (int)(((low ^ ulong.RotateLeft(high, 31)) * Multiplier) >> _shift); ; at = (at + 1) & (entries.Length - 1))
            {
                ref var entry = ref entries[at];
                if (Volatile.Read(ref entry.Youngest) is null || (entry.Low == low && entry.High == high))
                {
                    return ref entry;
                }
            }
        }

        /// <summary>Sets the latest span of an address.</summary>
        /// <returns>Whether the address is new.</returns>
        public bool Set(UInt128 address, AddressSpan youngest)
        {
            ref var entry = ref PlaceOf(address);
            var isNew = entry.Youngest is null;
            if (isNew)
            {
                (entry.Low, entry.High) = ((ulong)address, (ulong)(address >> 64));
            }

            Volatile.Write(ref entry.Youngest, youngest);
            return isNew;
        }
    }
}
