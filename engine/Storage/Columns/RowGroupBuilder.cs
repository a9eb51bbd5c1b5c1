using System.Numerics;
using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Storage.Hot;
using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>
/// Gathers rows of hot batches, column by column, until they make a row group. The buffers have the size of a row group from the
/// beginning, and stay. One thread.
/// </summary>
/// <param name="node">The text of the node column.</param>
/// <param name="capacity">Room for so many rows.</param>
/// <param name="shared">Gives one object for equal containers, with names where they are known by now.</param>
internal sealed class RowGroupBuilder(string node, int capacity, Func<ContainerIdentity, ContainerIdentity> shared) : IDisposable
{
    private const long NanosecondsPerMicrosecond = 1000;
    private const int OnHost = -1;

    private readonly long[] _timestamps = new long[capacity];
    private readonly RecordKind[] _kinds = new RecordKind[capacity];
    private readonly Direction[] _directions = new Direction[capacity];
    private readonly CloseReason[] _reasons = new CloseReason[capacity];
    private readonly RecordFlags[] _flags = new RecordFlags[capacity];
    private readonly InlineBytes16[] _sourceAddresses = new InlineBytes16[capacity];
    private readonly InlineBytes16[] _destinationAddresses = new InlineBytes16[capacity];
    private readonly InlineBytes16[] _processes = new InlineBytes16[capacity];
    private readonly ushort[] _sourcePorts = new ushort[capacity];
    private readonly ushort[] _destinationPorts = new ushort[capacity];
    private readonly uint[] _networkNamespaces = new uint[capacity];
    private readonly uint[] _pids = new uint[capacity];
    private readonly uint[] _uids = new uint[capacity];
    private readonly ulong[] _cgroupIds = new ulong[capacity];
    private readonly ulong[] _elapsed = new ulong[capacity];
    private readonly ulong[] _bytesSent = new ulong[capacity];
    private readonly ulong[] _bytesReceived = new ulong[capacity];
    private readonly uint[] _smoothedRtts = new uint[capacity];
    private readonly uint[] _retransmits = new uint[capacity];
    private readonly int[] _errors = new int[capacity];
    private readonly int[] _containers = new int[capacity];

    private readonly ContainerTexts _containerTexts = new(shared);
    private readonly InlineTexts _inlineTexts = new();
    private readonly WordTexts _wordTexts = new();
    private readonly Presence _inContainer = new();
    private readonly Presence _isConnect = new();
    private readonly Presence _hasError = new();
    private readonly Presence _isClose = new();
    private readonly long[] _numbers = new long[capacity];
    private readonly int[] _present = new int[capacity];
    private readonly uint[] _indices = new uint[capacity];
    private readonly RowGroupWriter _writer = new();

    /// <summary>Rows gathered since <see cref="Clear"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows for which there is room.</summary>
    public int Free => capacity - Rows;

    /// <summary>What writes the row groups of a file; borrowed.</summary>
    public RowGroupWriter Writer => _writer;

    /// <summary>Their times, Unix nanoseconds.</summary>
    public ReadOnlySpan<long> Timestamps => _timestamps.AsSpan(0, Rows);

    /// <summary>Takes a copy of rows of a batch, <see cref="Free"/> at the most.</summary>
    public void Add(HotBatch batch, int first, int count)
    {
        Copy(batch.Timestamps, _timestamps);
        Copy(batch.Kinds, _kinds);
        Copy(batch.Directions, _directions);
        Copy(batch.CloseReasons, _reasons);
        Copy(batch.Flags, _flags);
        Copy(batch.SourceAddresses, _sourceAddresses);
        Copy(batch.DestinationAddresses, _destinationAddresses);
        Copy(batch.Processes, _processes);
        Copy(batch.SourcePorts, _sourcePorts);
        Copy(batch.DestinationPorts, _destinationPorts);
        Copy(batch.NetworkNamespaces, _networkNamespaces);
        Copy(batch.Pids, _pids);
        Copy(batch.Uids, _uids);
        Copy(batch.CgroupIds, _cgroupIds);
        Copy(batch.ElapsedNanoseconds, _elapsed);
        Copy(batch.BytesSent, _bytesSent);
        Copy(batch.BytesReceived, _bytesReceived);
        Copy(batch.SmoothedRttMicroseconds, _smoothedRtts);
        Copy(batch.Retransmits, _retransmits);
        Copy(MemoryMarshal.Cast<uint, int>(batch.Errors), _errors);
        var entries = batch.ContainerIndices;
        for (var row = 0; row < count; row++)
        {
            _containers[Rows + row] = batch.IsInContainer(first + row) ? _containerTexts.NumberOf(batch.Dictionary, entries[first + row]) : OnHost;
        }

        Rows += count;

        void Copy<T>(ReadOnlySpan<T> values, T[] column) => values.Slice(first, count).CopyTo(column.AsSpan(Rows));
    }

    /// <summary>Writes the rows as a row group; they stay until <see cref="Clear"/>.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Write(ParquetFileWriter file)
    {
        SettlePresence();
        file.BeginRowGroup(Rows);
        _writer.WriteNumbers(CaptureSchema.Timestamp, Microseconds(), null);
        WriteWords(CaptureSchema.Node, null, [node], _ => 0);
        WriteWords(CaptureSchema.Type, null, Words.Types, row => Words.Index(_kinds[row]));
        WriteWords(CaptureSchema.Protocol, null, Words.Protocols, _ => 0);
        WriteAddresses(CaptureSchema.SourceAddress, _sourceAddresses);
        WriteNumbers(CaptureSchema.SourcePort, null, _sourcePorts);
        WriteAddresses(CaptureSchema.DestinationAddress, _destinationAddresses);
        WriteNumbers(CaptureSchema.DestinationPort, null, _destinationPorts);
        WriteNumbers(CaptureSchema.Pid, null, _pids);
        _inlineTexts.IndexProcesses(_processes.AsSpan(0, Rows), _indices);
        _writer.WriteTexts(CaptureSchema.Process, _indices.AsSpan(0, Rows), _inlineTexts.Texts, null);
        WriteNumbers(CaptureSchema.NetworkNamespace, null, _networkNamespaces);
        WriteContainers();
        WriteWords(CaptureSchema.Direction, null, Words.Directions, row => Words.Index(_directions[row]));
        WriteNumbers(CaptureSchema.Uid, null, _uids);
        WriteNumbers(CaptureSchema.CgroupId, null, _cgroupIds);
        WriteWords(CaptureSchema.Result, _isConnect, Words.Results, row => (int)Vocabulary.ResultOf((uint)_errors[row], _flags[row]));
        WriteNumbers(CaptureSchema.Error, _hasError, _errors);
        WriteNumbers(CaptureSchema.Latency, _isConnect, _elapsed, NanosecondsPerMicrosecond);
        WriteNumbers(CaptureSchema.Duration, _isClose, _elapsed, NanosecondsPerMicrosecond);
        WriteNumbers(CaptureSchema.BytesSent, _isClose, _bytesSent);
        WriteNumbers(CaptureSchema.BytesReceived, _isClose, _bytesReceived);
        WriteNumbers(CaptureSchema.SmoothedRtt, _isClose, _smoothedRtts);
        WriteNumbers(CaptureSchema.Retransmits, _isClose, _retransmits);
        WriteWords(CaptureSchema.Reason, _isClose, Words.CloseReasons, row => Words.Index(_reasons[row]));
        file.EndRowGroup();
    }

    /// <summary>Forgets the rows; keeps the buffers.</summary>
    public void Clear()
    {
        Rows = 0;
        _containerTexts.Clear();
    }

    public void Dispose() => _writer.Dispose();

    private void SettlePresence()
    {
        var inContainer = _inContainer.Next(Rows);
        var isConnect = _isConnect.Next(Rows);
        var hasError = _hasError.Next(Rows);
        var isClose = _isClose.Next(Rows);
        for (var row = 0; row < Rows; row++)
        {
            var connects = _kinds[row] == RecordKind.Connect;
            inContainer[row] = _containers[row] == OnHost ? 0u : 1;
            isConnect[row] = connects ? 1u : 0;
            hasError[row] = connects && _errors[row] != 0 && Vocabulary.ResultOf((uint)_errors[row], _flags[row]) != ConnectResult.Aborted ? 1u : 0;
            isClose[row] = _kinds[row] == RecordKind.Close ? 1u : 0;
        }

        _inContainer.Settle(Rows);
        _isConnect.Settle(Rows);
        _hasError.Settle(Rows);
        _isClose.Settle(Rows);
    }

    /// <summary>The times, rounded down, before 1970 too.</summary>
    private ReadOnlySpan<long> Microseconds()
    {
        for (var row = 0; row < Rows; row++)
        {
            var (quotient, remainder) = Math.DivRem(_timestamps[row], NanosecondsPerMicrosecond);
            _numbers[row] = remainder < 0 ? quotient - 1 : quotient;
        }

        return _numbers.AsSpan(0, Rows);
    }

    /// <summary>Writes a column of numbers, each divided by <paramref name="divisor"/>.</summary>
    private void WriteNumbers<T>(ColumnDefinition column, Presence? presence, T[] values, long divisor = 1)
        where T : unmanaged, IBinaryInteger<T>
    {
        var count = presence?.Count ?? Rows;
        if (presence is null)
        {
            for (var row = 0; row < count; row++)
            {
                _numbers[row] = long.CreateTruncating(values[row]);
            }
        }
        else
        {
            var rows = presence.Rows;
            for (var n = 0; n < rows.Length; n++)
            {
                _numbers[n] = long.CreateTruncating(values[rows[n]]);
            }
        }

        if (divisor != 1)
        {
            for (var n = 0; n < count; n++)
            {
                _numbers[n] = (long)((ulong)_numbers[n] / (ulong)divisor);
            }
        }

        _writer.WriteNumbers(column, _numbers.AsSpan(0, count), presence);
    }

    private void WriteWords(ColumnDefinition column, Presence? presence, string[] words, Func<int, int> wordOf)
    {
        var count = presence?.Count ?? Rows;
        var rows = presence is null ? default : presence.Rows;
        for (var n = 0; n < count; n++)
        {
            _present[n] = wordOf(presence is null ? n : rows[n]);
        }

        _wordTexts.Index(words, _present.AsSpan(0, count), _indices);
        _writer.WriteTexts(column, _indices.AsSpan(0, count), _wordTexts.Texts, presence);
    }

    private void WriteAddresses(ColumnDefinition column, InlineBytes16[] addresses)
    {
        _inlineTexts.IndexAddresses(addresses.AsSpan(0, Rows), _indices);
        _writer.WriteTexts(column, _indices.AsSpan(0, Rows), _inlineTexts.Texts, null);
    }

    private void WriteContainers()
    {
        var rows = _inContainer.Rows;
        for (var n = 0; n < rows.Length; n++)
        {
            _present[n] = _containers[rows[n]];
        }

        Write(CaptureSchema.ContainerId, container => container.ContainerId);
        Write(CaptureSchema.PodName, container => container.PodName);
        Write(CaptureSchema.PodNamespace, container => container.PodNamespace);
        Write(CaptureSchema.ContainerName, container => container.ContainerName);
        Write(CaptureSchema.PodUid, container => container.PodUid);
        Write(CaptureSchema.Image, container => container.Image);

        void Write(ColumnDefinition column, Func<ContainerIdentity, string> textOf)
        {
            var count = _inContainer.Count;
            _containerTexts.Index(textOf, _present.AsSpan(0, count), _indices);
            _writer.WriteTexts(column, _indices.AsSpan(0, count), _containerTexts.Texts, _inContainer);
        }
    }
}
