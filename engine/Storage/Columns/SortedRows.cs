using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Storage.Cold;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Columns;

/// <summary>
/// Rows of hot batches that make a row group, in its order (<see cref="RowOrder"/>). They are read from the segments one column at a
/// time, so that one is in memory and not all. All buffers are reused. One thread.
/// </summary>
/// <param name="capacity">The most rows.</param>
/// <param name="containerTexts">Numbers the containers; borrowed.</param>
internal sealed class SortedRows(int capacity, ContainerTexts containerTexts)
{
    /// <summary>The number of a row whose process is in no container.</summary>
    public const int OnHost = SegmentColumns.OnHost;

    private const int WidestField = 16;

    private readonly List<(BatchPlace Batch, int First, int Count)> _runs = [];
    private readonly byte[] _unordered = new byte[capacity * WidestField];
    private readonly byte[] _column = new byte[capacity * WidestField];
    private readonly int[] _containers = new int[capacity];
    private readonly RowOrder _order = new(capacity);
    private SegmentColumns _source = null!;

    /// <summary>Rows added since <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>How many more rows fit.</summary>
    public int Free => capacity - Count;

    /// <summary>The rows' containers by their numbers, or <see cref="OnHost"/>; after <see cref="Sort"/>.</summary>
    public ReadOnlySpan<int> Containers => _containers.AsSpan(0, Count);

    /// <summary>Adds rows of a batch, at most <see cref="Free"/>.</summary>
    public void Add(BatchPlace batch, int first, int count)
    {
        _runs.Add((batch, first, count));
        Count += count;
    }

    /// <summary>Finds the rows' order.</summary>
    /// <param name="source">Where the batches are; borrowed until the rows are cleared.</param>
    /// <exception cref="IOException">A batch can't be read any more.</exception>
    public void Sort(SegmentColumns source)
    {
        _source = source;
        ReadContainers();
        var pids = _column.AsSpan(0, sizeof(uint) * Count); // not in use yet
        var directions = _column.AsSpan(pids.Length, Count);
        var kinds = _column.AsSpan(pids.Length + Count, Count);
        ReadUnordered(EventFields.Pid, pids);
        ReadUnordered(EventFields.Direction, directions);
        ReadUnordered(EventFields.Kind, kinds);
        _order.Settle(Containers, MemoryMarshal.Cast<byte, uint>(pids), MemoryMarshal.Cast<byte, Direction>(directions), MemoryMarshal.Cast<byte, RecordKind>(kinds));
        var (unordered, containers) = (_unordered.AsMemory(0, sizeof(int) * Count), _containers.AsMemory(0, Count));
        MemoryMarshal.AsBytes(containers.Span).CopyTo(unordered.Span);
        _order.Apply(unordered.Span, MemoryMarshal.AsBytes(containers.Span), sizeof(int));
    }

    /// <summary>The values of a field, one for each row, as they are stored. The caller may change them; valid until the next field is read.</summary>
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

    /// <summary>Forgets the rows; keeps the buffers.</summary>
    public void Clear()
    {
        Count = 0;
        _runs.Clear();
    }

    private void ReadContainers()
    {
        var at = 0;
        foreach (var (batch, first, count) in _runs)
        {
            var numbers = _containers.AsSpan(at, count);
            _source.ReadContainers(batch, first, numbers);
            foreach (ref var number in numbers)
            {
                number = number == OnHost ? OnHost : containerTexts.NumberOf(batch.Containers, number);
            }

            at += count;
        }
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
