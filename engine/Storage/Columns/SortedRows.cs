using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Storage.Cold;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Columns;

/// <summary>
/// Rows of hot batches that form a row group, in the order of <see cref="RowOrder"/>. They are read from the segments one column at a
/// time, so that only one column is in memory. All buffers are reused. Not thread-safe.
/// </summary>
/// <param name="capacity">The maximum number of rows.</param>
/// <param name="shared">Maps equal containers to one object, with names if they are known by now.</param>
internal sealed class SortedRows(int capacity, Func<ContainerIdentity, ContainerIdentity> shared)
{
    private const int WidestField = 16;

    private readonly List<(BatchPlace Batch, int First, int Count)> _runs = [];
    private readonly byte[] _unordered = new byte[capacity * WidestField];
    private readonly byte[] _column = new byte[capacity * WidestField];
    private readonly RowOrder _order = new(capacity);
    private SegmentColumns _source = null!;

    /// <summary>Rows added since <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>How many more rows fit.</summary>
    public int Free => capacity - Count;

    /// <summary>The rows' containers; valid after <see cref="Sort"/>.</summary>
    public IdentityRows<ContainerIdentity> Containers { get; } = new(HotColumns.Containers, capacity, batch => batch.Containers, shared);

    /// <summary>The rows' peers; valid after <see cref="Sort"/>.</summary>
    public IdentityRows<PeerIdentity> Peers { get; } = new(HotColumns.Peers, capacity, batch => batch.Peers, peer => peer);

    /// <summary>Adds at most <see cref="Free"/> rows of a batch.</summary>
    public void Add(BatchPlace batch, int first, int count)
    {
        _runs.Add((batch, first, count));
        Count += count;
    }

    /// <summary>Determines the order of the rows.</summary>
    /// <param name="source">Reads the batches; borrowed until the rows are cleared.</param>
    /// <exception cref="IOException">A batch can't be read any more.</exception>
    public void Sort(SegmentColumns source)
    {
        _source = source;
        Containers.Read(_runs, source);
        Peers.Read(_runs, source);
        var pids = _column.AsSpan(0, sizeof(uint) * Count); // not in use yet
        var directions = _column.AsSpan(pids.Length, Count);
        var kinds = _column.AsSpan(pids.Length + Count, Count);
        ReadUnordered(EventFields.Pid, pids);
        ReadUnordered(EventFields.Direction, directions);
        ReadUnordered(EventFields.Kind, kinds);
        _order.Settle(Containers.Numbers, MemoryMarshal.Cast<byte, uint>(pids), MemoryMarshal.Cast<byte, Direction>(directions), MemoryMarshal.Cast<byte, RecordKind>(kinds));
        Order(Containers.Numbers);
        Order(Peers.Numbers);
    }

    /// <summary>Reads a field's stored values, one per row. The caller may modify them; valid until the next field is read.</summary>
    /// <exception cref="IOException">A batch can't be read any more.</exception>
    public Span<byte> Read(EventField field)
    {
        var unordered = _unordered.AsSpan(0, Count * field.Width);
        var column = _column.AsSpan(0, unordered.Length);
        ReadUnordered(field, unordered);
        _order.Apply(unordered, column, field.Width);
        return column;
    }

    /// <inheritdoc cref="Read(EventField)"/>
    public Span<T> Read<T>(EventField field)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Read(field));

    /// <summary>Removes all rows; keeps the buffers.</summary>
    public void Clear()
    {
        Count = 0;
        _runs.Clear();
        Containers.Clear();
        Peers.Clear();
    }

    private void Order(Span<int> numbers)
    {
        var unordered = _unordered.AsSpan(0, sizeof(int) * Count);
        MemoryMarshal.AsBytes(numbers).CopyTo(unordered);
        _order.Apply(unordered, MemoryMarshal.AsBytes(numbers), sizeof(int));
    }

    private void ReadUnordered(EventField field, Span<byte> values)
    {
        var column = HotColumns.IndexOf(field);
        foreach (var (batch, first, count) in _runs)
        {
            _source.Read(batch, column, first, values[..(count * field.Width)]);
            values = values[(count * field.Width)..];
        }
    }
}
