using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Parquet;
using NetMon.Storage.Cold;

namespace NetMon.Storage.Columns;

/// <summary>Writes rows of hot batches as a sorted row group, column by column as declared by <see cref="EventColumns"/>. All buffers are reused. Not thread-safe.</summary>
internal sealed class RowGroupBuilder : IDisposable
{
    private static readonly ContainerColumn[] Workloads = [.. EventColumns.ContainerTexts.Where(column => column.Name is "workload" or "workload_kind")];

    private readonly string _node;
    private readonly SortedRows _rows;
    private readonly RowGroupFacts _facts;
    private readonly InlineTexts _inlineTexts = new();
    private readonly WordTexts _wordTexts = new();
    private readonly long[] _numbers;
    private readonly int[] _present;
    private readonly uint[] _indices;
    private readonly RowGroupWriter _writer = new();
    private IRowGroupTap? _tap;

    /// <param name="node">The value of the node column.</param>
    /// <param name="capacity">The maximum number of rows.</param>
    /// <param name="shared">Maps equal containers to one object, with names if they are known by now.</param>
    public RowGroupBuilder(string node, int capacity, Func<ContainerIdentity, ContainerIdentity> shared)
    {
        (_node, _rows, _facts) = (node, new SortedRows(capacity, shared), new RowGroupFacts(capacity));
        (_numbers, _present, _indices) = (new long[capacity], new int[capacity], new uint[capacity]);
    }

    /// <summary>Rows added since <see cref="Clear"/>.</summary>
    public int Rows => _rows.Count;

    /// <summary>How many more rows fit.</summary>
    public int Free => _rows.Free;

    /// <summary>Writes the row groups of a file; owned by this object.</summary>
    public RowGroupWriter Writer => _writer;

    /// <summary>The time of the oldest row of the last row group written, Unix nanoseconds.</summary>
    public long FirstUnixNanoseconds { get; private set; }

    /// <summary>The time of its newest row, Unix nanoseconds.</summary>
    public long LastUnixNanoseconds { get; private set; }

    /// <summary>Adds at most <see cref="Free"/> rows of a batch. They are read when the row group is written.</summary>
    public void Add(BatchPlace batch, int first, int count) => _rows.Add(batch, first, count);

    /// <summary>Reads the rows and writes them as a row group. They remain until <see cref="Clear"/>.</summary>
    /// <param name="file">Borrowed.</param>
    /// <param name="source">Reads the batches; borrowed.</param>
    /// <param name="tap">Also receives the columns; null: none.</param>
    /// <exception cref="IOException">The file can't be written, or a batch can't be read any more.</exception>
    public void Write(ParquetFileWriter file, SegmentColumns source, IRowGroupTap? tap)
    {
        _tap = tap;
        _rows.Sort(source);
        _facts.Settle(_rows);
        _rows.Containers.Settle(_indices);
        _rows.Peers.Settle(_indices);
        tap?.BeginRowGroup(Rows, _facts.RowsOf(ColumnRows.Traffic).Length == _facts.RowsOf(ColumnRows.IdentifiedTraffic).Length);
        GiveWorkloads(tap);
        file.BeginRowGroup(Rows);
        for (var column = 0; column < EventColumns.All.Count; column++)
        {
            Write(EventColumns.All[column], CaptureSchema.Columns[column]);
        }

        file.EndRowGroup();
        tap?.EndRowGroup();
    }

    /// <summary>Removes all rows; keeps the buffers.</summary>
    public void Clear() => _rows.Clear();

    public void Dispose() => _writer.Dispose();

    private void Write(EventColumn column, ColumnDefinition definition)
    {
        switch (column)
        {
            case TimeColumn:
                WriteTimes(definition);
                break;
            case NumberColumn numbers:
                WriteNumbers(numbers, definition);
                break;
            case WordColumn words:
                WriteWords(words.Words, words.IndexOf, column.Rows, definition);
                break;
            case FlagColumn:
                _writer.WriteFlags(definition, _facts.PresenceOf(column.Rows)!);
                break;
            case NodeColumn:
                WriteWords([_node], _ => 0, column.Rows, definition);
                break;
            case AddressColumn addresses:
                WriteAddresses(addresses, definition);
                break;
            case ProcessColumn processes:
                WriteProcesses(processes, definition);
                break;
            case ContainerColumn container:
                WriteIdentities(_rows.Containers, container, definition);
                break;
            case PeerColumn peer:
                WriteIdentities(_rows.Peers, peer, definition);
                break;
            default:
                throw new InvalidOperationException($"{column.Name}: files have no such kind of column");
        }
    }

    private void WriteTimes(ColumnDefinition definition)
    {
        var times = _rows.Read<long>(EventFields.Time);
        (FirstUnixNanoseconds, LastUnixNanoseconds) = (long.MaxValue, long.MinValue);
        for (var row = 0; row < times.Length; row++)
        {
            _numbers[row] = TimeColumn.Microseconds(times[row]);
            FirstUnixNanoseconds = Math.Min(FirstUnixNanoseconds, times[row]);
            LastUnixNanoseconds = Math.Max(LastUnixNanoseconds, times[row]);
        }

        Write(definition, _numbers.AsSpan(0, Rows), null);
    }

    private void WriteNumbers(NumberColumn column, ColumnDefinition definition)
    {
        var rows = _facts.RowsOf(column.Rows);
        var numbers = _numbers.AsSpan(0, rows.Length);
        column.Number.Numbers(_rows.Read(column.Number), rows, numbers);
        if (column.IsStoredInNanoseconds)
        {
            foreach (ref var number in numbers)
            {
                number = column.ValueOf(number);
            }
        }

        Write(definition, numbers, _facts.PresenceOf(column.Rows));
    }

    private void WriteWords(IReadOnlyList<string> words, Func<EventFacts, int> indexOf, ColumnRows columnRows, ColumnDefinition definition)
    {
        var rows = _facts.RowsOf(columnRows);
        _facts.ForEach(rows, indexOf, _present);
        _wordTexts.Index(words, _present.AsSpan(0, rows.Length), _indices);
        Write(definition, _indices.AsSpan(0, rows.Length), _wordTexts.Texts, _facts.PresenceOf(columnRows));
    }

    private void WriteAddresses(AddressColumn column, ColumnDefinition definition)
    {
        var addresses = MemoryMarshal.Cast<byte, InlineBytes16>(_rows.Read(column.Address));
        var presence = _facts.PresenceOf(column.Rows);
        if (presence is not null)
        {
            var rows = presence.Rows;
            for (var n = 0; n < rows.Length; n++)
            {
                addresses[n] = addresses[rows[n]]; // compacts in place: no address is read after it was overwritten
            }

            addresses = addresses[..rows.Length];
        }

        _inlineTexts.IndexAddresses(addresses, _indices);
        Write(definition, _indices.AsSpan(0, addresses.Length), _inlineTexts.Texts, presence);
    }

    private void WriteProcesses(ProcessColumn column, ColumnDefinition definition)
    {
        _inlineTexts.IndexProcesses(MemoryMarshal.Cast<byte, InlineBytes16>(_rows.Read(column.Process)), _indices);
        Write(definition, _indices.AsSpan(0, Rows), _inlineTexts.Texts, null);
    }

    private void WriteIdentities<T>(IdentityRows<T> rows, IdentityColumn<T> column, ColumnDefinition definition)
        where T : class
    {
        var presence = rows.Index(column, _indices);
        Write(definition, _indices.AsSpan(0, presence.Count), rows.Texts, presence);
    }

    /// <summary>Gives a tap the workloads first: it needs them before columns that precede them in files. It ignores them the second time.</summary>
    private void GiveWorkloads(IRowGroupTap? tap)
    {
        foreach (var column in tap is null ? [] : Workloads)
        {
            var presence = _rows.Containers.Index(column, _indices);
            tap!.Take(column.Name, _indices.AsSpan(0, presence.Count), _rows.Containers.Texts, presence);
        }
    }

    private void Write(ColumnDefinition definition, ReadOnlySpan<long> numbers, Presence? presence)
    {
        _writer.WriteNumbers(definition, numbers, presence);
        _tap?.Take(definition.Name, numbers, presence);
    }

    private void Write(ColumnDefinition definition, ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence)
    {
        _writer.WriteTexts(definition, indices, texts, presence);
        _tap?.Take(definition.Name, indices, texts, presence);
    }
}
