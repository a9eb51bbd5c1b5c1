using System.Diagnostics.CodeAnalysis;

namespace NetMon.Enrichment.Peers;

/// <summary>
/// A hash table by address that one thread writes and others read without a lock and without allocation. An entry's value never
/// changes; what changes is inside of it.
/// </summary>
/// <typeparam name="T">What an address has.</typeparam>
internal sealed class AddressMap<T>
    where T : class
{
    private const int FirstCapacity = 64;

    /// <summary>Replaced when it is too small; a reader that has the one before misses what came since.</summary>
    private volatile Table _table = new(FirstCapacity);

    /// <summary>Entries.</summary>
    public int Count { get; private set; }

    /// <summary>The entry of an address. Any thread.</summary>
    public bool TryGet(UInt128 address, [NotNullWhen(true)] out T? value)
    {
        var table = _table;
        for (var at = table.PlaceOf(address); ; at = (at + 1) & table.Mask)
        {
            value = Volatile.Read(ref table.Values[at]); // written after its key
            if (value is null || table.Keys[at] == address)
            {
                return value is not null;
            }
        }
    }

    /// <summary>Adds an entry that is not there. The writer's thread.</summary>
    public void Add(UInt128 address, T value)
    {
        if (2 * (Count + 1) > _table.Values.Length)
        {
            Rebuild(_table.Values.Length * 2, _ => true);
        }

        _table.Put(address, value);
        Count++;
    }

    /// <summary>Leaves out entries. The writer's thread.</summary>
    public void RemoveWhere(Predicate<T> isRemoved) => Rebuild(_table.Values.Length, value => !isRemoved(value));

    /// <summary>All values. The writer's thread.</summary>
    public IEnumerable<T> All() => _table.Values.OfType<T>();

    private void Rebuild(int capacity, Predicate<T> isKept)
    {
        var (old, table) = (_table, new Table(capacity));
        Count = 0;
        for (var at = 0; at < old.Values.Length; at++)
        {
            if (old.Values[at] is { } value && isKept(value))
            {
                table.Put(old.Keys[at], value);
                Count++;
            }
        }

        _table = table;
    }

    /// <param name="capacity">A power of two; half of it is used at most.</param>
    private sealed class Table(int capacity)
    {
        private const ulong Multiplier = 0x9E3779B97F4A7C15; // 2^64 by the golden ratio: spreads neighbouring addresses

        private readonly int _shift = 64 - int.Log2(capacity);

        public UInt128[] Keys { get; } = new UInt128[capacity];

        public T?[] Values { get; } = new T?[capacity];

        public int Mask => Values.Length - 1;

        public int PlaceOf(UInt128 address) => (int)((((ulong)address ^ ulong.RotateLeft((ulong)(address >> 64), 31)) * Multiplier) >> _shift);

        public void Put(UInt128 address, T value)
        {
            var at = PlaceOf(address);
            while (Values[at] is not null)
            {
                at = (at + 1) & Mask;
            }

            Keys[at] = address;
            Volatile.Write(ref Values[at], value);
        }
    }
}
