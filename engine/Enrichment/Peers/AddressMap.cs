using System.Diagnostics.CodeAnalysis;

namespace NetMon.Enrichment.Peers;

/// <summary>
/// A hash table from addresses to the youngest of their spans, which leads to the older ones. One thread writes; others read without a
/// lock and without allocation.
/// </summary>
internal sealed class AddressMap
{
    private const int FirstCapacity = 64;

    /// <summary>Replaced when it is too small; a reader that has the one before misses what came since.</summary>
    private volatile Table _table = new(FirstCapacity);

    /// <summary>Addresses.</summary>
    public int Count { get; private set; }

    /// <summary>The youngest span of an address. Any thread.</summary>
    public bool TryGet(UInt128 address, [NotNullWhen(true)] out AddressSpan? youngest)
    {
        youngest = Volatile.Read(ref _table.PlaceOf(address).Youngest);
        return youngest is not null;
    }

    /// <summary>Sets the youngest span of an address. The writer's thread.</summary>
    public void Set(UInt128 address, AddressSpan youngest)
    {
        if (_table.PlaceOf(address).Youngest is null && 2 * (Count + 1) > _table.Entries.Length)
        {
            Rebuild(_table.Entries.Length * 2, span => span);
        }

        Count += _table.Set(address, youngest) ? 1 : 0;
    }

    /// <summary>Replaces each span by what it leads to; null: its address is left out. The writer's thread.</summary>
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

    /// <summary>Key and value side by side: a lookup that hits reads one cache line, seldom two.</summary>
    private struct Entry
    {
        public ulong Low;
        public ulong High;
        public AddressSpan? Youngest; // written after its key, which stays
    }

    /// <param name="capacity">A power of two; half of it is used at most.</param>
    private sealed class Table(int capacity)
    {
        private const ulong Multiplier = 0x9E3779B97F4A7C15; // 2^64 by the golden ratio: spreads neighbouring addresses

        private readonly int _shift = 64 - int.Log2(capacity);

        public Entry[] Entries { get; } = new Entry[capacity];

        /// <summary>The entry of an address, or the free one that it would get.</summary>
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
