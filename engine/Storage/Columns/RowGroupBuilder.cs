using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Parquet;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Columns;

/// <summary>
/// Gathers rows of hot batches, column by column, until they make a row group, and writes it as <see cref="EventColumns"/>
/// declares. Nearly all buffers have the size of a row group from the start, and all are reused. One thread.
/// </summary>
/// <param name="node">The text of the node column.</param>
/// <param name="capacity">The most rows.</param>
/// <param name="shared">Gives one object for equal containers, with names if they are known by now.</param>
internal sealed class RowGroupBuilder(string node, int capacity, Func<ContainerIdentity, ContainerIdentity> shared) : IDisposable
{
    private const int OnHost = -1;

    private readonly byte[][] _fields = [.. EventColumns.Fields.Select(field => new byte[capacity * field.Width])];
    private readonly int[] _containers = new int[capacity];
    private readonly RowOrder _order = new(capacity);
    private readonly RowGroupFacts _facts = new(capacity);
    private readonly Presence _inContainer = new();

    private readonly ContainerTexts _containerTexts = new(shared);
    private readonly InlineTexts _inlineTexts = new();
    private readonly WordTexts _wordTexts = new();
    private readonly long[] _numbers = new long[capacity];
    private readonly int[] _present = new int[capacity];
    private readonly uint[] _indices = new uint[capacity];
    private InlineBytes16[] _presentAddresses = []; // grows when a row group has some: few nodes do
    private readonly RowGroupWriter _writer = new();

    /// <summary>Rows gathered since <see cref="Clear"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>How many more rows fit.</summary>
    public int Free => capacity - Rows;

    /// <summary>Writes the row groups of a file; borrowed.</summary>
    public RowGroupWriter Writer => _writer;

    /// <summary>The rows' times, Unix nanoseconds.</summary>
    public ReadOnlySpan<long> Timestamps => MemoryMarshal.Cast<byte, long>(Stored(EventFields.Time));

    /// <summary>Copies rows of a batch, at most <see cref="Free"/>.</summary>
    public void Add(HotBatch batch, int first, int count)
    {
        for (var column = 0; column < _fields.Length; column++)
        {
            var width = HotFormat.Current.Columns.Widths[column];
            batch.Column(column).Slice(width * first, width * count).CopyTo(_fields[column].AsSpan(width * Rows));
        }

        var entries = batch.ContainerIndices;
        for (var row = 0; row < count; row++)
        {
            _containers[Rows + row] = batch.IsInContainer(first + row) ? _containerTexts.NumberOf(batch.Dictionary, entries[first + row]) : OnHost;
        }

        Rows += count;
    }

    /// <summary>Sorts the rows and writes them as a row group; they stay until <see cref="Clear"/>.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Write(ParquetFileWriter file)
    {
        Sort();
        _facts.Settle(
            MemoryMarshal.Cast<byte, RecordKind>(Stored(EventFields.Kind)),
            MemoryMarshal.Cast<byte, Direction>(Stored(EventFields.Direction)),
            MemoryMarshal.Cast<byte, CloseReason>(Stored(EventFields.CloseReason)),
            MemoryMarshal.Cast<byte, RecordFlags>(Stored(EventFields.Flags)),
            MemoryMarshal.Cast<byte, uint>(Stored(EventFields.Error)),
            MemoryMarshal.Cast<byte, ulong>(Stored(EventFields.ConnectionId)),
            MemoryMarshal.Cast<byte, ulong>(Stored(EventFields.Latency)));
        SettleContainers();
        file.BeginRowGroup(Rows);
        for (var column = 0; column < EventColumns.All.Count; column++)
        {
            Write(EventColumns.All[column], CaptureSchema.Columns[column]);
        }

        file.EndRowGroup();
    }

    /// <summary>Forgets the rows; keeps the buffers.</summary>
    public void Clear()
    {
        Rows = 0;
        _containerTexts.Clear();
    }

    public void Dispose() => _writer.Dispose();

    private ReadOnlySpan<byte> Stored(EventField field) => _fields[HotColumns.IndexOf(field)].AsSpan(0, Rows * field.Width);

    private void Sort()
    {
        _order.Settle(
            _containers.AsSpan(0, Rows),
            MemoryMarshal.Cast<byte, uint>(Stored(EventFields.Pid)),
            MemoryMarshal.Cast<byte, Direction>(Stored(EventFields.Direction)),
            MemoryMarshal.Cast<byte, RecordKind>(Stored(EventFields.Kind)));
        for (var column = 0; column < _fields.Length; column++)
        {
            var width = HotFormat.Current.Columns.Widths[column];
            _order.Apply(_fields[column].AsSpan(0, Rows * width), width);
        }

        _order.Apply(MemoryMarshal.AsBytes(_containers.AsSpan(0, Rows)), sizeof(int));
    }

    private void SettleContainers()
    {
        var inContainer = _inContainer.Next(Rows);
        for (var row = 0; row < Rows; row++)
        {
            inContainer[row] = _containers[row] == OnHost ? 0u : 1;
        }

        _inContainer.Settle(Rows);
    }

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
                WriteWords([node], _ => 0, column.Rows, definition);
                break;
            case AddressColumn addresses:
                WriteAddresses(addresses, definition);
                break;
            case ProcessColumn processes:
                WriteProcesses(processes, definition);
                break;
            case ContainerColumn container:
                WriteContainers(container, definition);
                break;
            default:
                throw new InvalidOperationException($"{column.Name}: files have no such kind of column");
        }
    }

    private void WriteTimes(ColumnDefinition definition)
    {
        var times = Timestamps;
        for (var row = 0; row < times.Length; row++)
        {
            _numbers[row] = TimeColumn.Microseconds(times[row]);
        }

        _writer.WriteNumbers(definition, _numbers.AsSpan(0, Rows), null);
    }

    private void WriteNumbers(NumberColumn column, ColumnDefinition definition)
    {
        var rows = _facts.RowsOf(column.Rows);
        var numbers = _numbers.AsSpan(0, rows.Length);
        column.Number.Numbers(Stored(column.Number), rows, numbers);
        if (column.IsStoredInNanoseconds)
        {
            foreach (ref var number in numbers)
            {
                number = column.ValueOf(number);
            }
        }

        _writer.WriteNumbers(definition, numbers, _facts.PresenceOf(column.Rows));
    }

    private void WriteWords(IReadOnlyList<string> words, Func<EventFacts, int> indexOf, ColumnRows columnRows, ColumnDefinition definition)
    {
        var rows = _facts.RowsOf(columnRows);
        for (var n = 0; n < rows.Length; n++)
        {
            _present[n] = indexOf(_facts[rows[n]]);
        }

        _wordTexts.Index(words, _present.AsSpan(0, rows.Length), _indices);
        _writer.WriteTexts(definition, _indices.AsSpan(0, rows.Length), _wordTexts.Texts, _facts.PresenceOf(columnRows));
    }

    private void WriteAddresses(AddressColumn column, ColumnDefinition definition)
    {
        var addresses = MemoryMarshal.Cast<byte, InlineBytes16>(Stored(column.Address));
        var presence = _facts.PresenceOf(column.Rows);
        if (presence is not null)
        {
            addresses = Present(addresses, presence.Rows);
        }

        _inlineTexts.IndexAddresses(addresses, _indices);
        _writer.WriteTexts(definition, _indices.AsSpan(0, addresses.Length), _inlineTexts.Texts, presence);
    }

    private ReadOnlySpan<InlineBytes16> Present(ReadOnlySpan<InlineBytes16> values, ReadOnlySpan<int> rows)
    {
        if (_presentAddresses.Length < rows.Length)
        {
            _presentAddresses = new InlineBytes16[rows.Length];
        }

        for (var n = 0; n < rows.Length; n++)
        {
            _presentAddresses[n] = values[rows[n]];
        }

        return _presentAddresses.AsSpan(0, rows.Length);
    }

    private void WriteProcesses(ProcessColumn column, ColumnDefinition definition)
    {
        _inlineTexts.IndexProcesses(MemoryMarshal.Cast<byte, InlineBytes16>(Stored(column.Process)), _indices);
        _writer.WriteTexts(definition, _indices.AsSpan(0, Rows), _inlineTexts.Texts, null);
    }

    private void WriteContainers(ContainerColumn column, ColumnDefinition definition)
    {
        var rows = _inContainer.Rows;
        for (var n = 0; n < rows.Length; n++)
        {
            _present[n] = _containers[rows[n]];
        }

        _containerTexts.Index(column.TextOf, _present.AsSpan(0, rows.Length), _indices);
        _writer.WriteTexts(definition, _indices.AsSpan(0, rows.Length), _containerTexts.Texts, _inContainer);
    }
}
