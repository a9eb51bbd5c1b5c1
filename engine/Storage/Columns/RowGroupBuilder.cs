using System.Text;
using NetMon.Events;
using Parquet;

namespace NetMon.Storage.Columns;

/// <summary>
/// Gathers events, column by column, until they make a row group. The buffers have the size of a row group from the
/// beginning, and stay. One thread.
/// </summary>
internal sealed class RowGroupBuilder
{
    private const long NanosecondsPerMicrosecond = 1000;

    private readonly InlineBytesIndex _sourceTexts = new(AddressChars);
    private readonly InlineBytesIndex _destinationTexts = new(AddressChars);
    private readonly InlineBytesIndex _processTexts = new(ProcessChars);
    private readonly ContainerIndex _containers = new();

    private readonly Levels _inContainer = new();
    private readonly Levels _isConnect = new();
    private readonly Levels _hasError = new();
    private readonly Levels _isClose = new();

    private readonly NumberColumn<long> _timestamp = new(CaptureSchema.Timestamp);
    private readonly TextColumn _node;
    private readonly TextColumn _type = new(CaptureSchema.Type, Words.Types);
    private readonly TextColumn _protocol = new(CaptureSchema.Protocol, Words.Protocols);
    private readonly TextColumn _sourceAddress;
    private readonly NumberColumn<int> _sourcePort = new(CaptureSchema.SourcePort);
    private readonly TextColumn _destinationAddress;
    private readonly NumberColumn<int> _destinationPort = new(CaptureSchema.DestinationPort);
    private readonly NumberColumn<uint> _pid = new(CaptureSchema.Pid);
    private readonly TextColumn _process;
    private readonly NumberColumn<uint> _networkNamespace = new(CaptureSchema.NetworkNamespace);
    private readonly TextColumn _containerId;
    private readonly TextColumn _podName;
    private readonly TextColumn _podNamespace;
    private readonly TextColumn _containerName;
    private readonly TextColumn _podUid;
    private readonly TextColumn _image;
    private readonly TextColumn _direction = new(CaptureSchema.Direction, Words.Directions);
    private readonly NumberColumn<uint> _uid = new(CaptureSchema.Uid);
    private readonly NumberColumn<ulong> _cgroupId = new(CaptureSchema.CgroupId);
    private readonly TextColumn _result;
    private readonly NumberColumn<int> _error;
    private readonly NumberColumn<long> _latency;
    private readonly NumberColumn<long> _duration;
    private readonly NumberColumn<ulong> _bytesSent;
    private readonly NumberColumn<ulong> _bytesReceived;
    private readonly NumberColumn<uint> _smoothedRtt;
    private readonly NumberColumn<uint> _retransmits;
    private readonly TextColumn _reason;

    private readonly Column[] _columns;
    private readonly Levels[] _levels;

    /// <summary>A builder of as many rows as given, whose node column says <paramref name="node"/>.</summary>
    public RowGroupBuilder(string node, int rows)
    {
        _node = new(CaptureSchema.Node, TextDictionary.Of(node));
        _sourceAddress = new(CaptureSchema.SourceAddress, _sourceTexts.Texts);
        _destinationAddress = new(CaptureSchema.DestinationAddress, _destinationTexts.Texts);
        _process = new(CaptureSchema.Process, _processTexts.Texts);
        _containerId = new(CaptureSchema.ContainerId, _containers.Ids, _inContainer);
        _podName = new(CaptureSchema.PodName, _containers.PodNames, _inContainer);
        _podNamespace = new(CaptureSchema.PodNamespace, _containers.PodNamespaces, _inContainer);
        _containerName = new(CaptureSchema.ContainerName, _containers.Names, _inContainer);
        _podUid = new(CaptureSchema.PodUid, _containers.PodUids, _inContainer);
        _image = new(CaptureSchema.Image, _containers.Images, _inContainer);
        _result = new(CaptureSchema.Result, Words.Results, _isConnect);
        _error = new(CaptureSchema.Error, _hasError);
        _latency = new(CaptureSchema.Latency, _isConnect);
        _duration = new(CaptureSchema.Duration, _isClose);
        _bytesSent = new(CaptureSchema.BytesSent, _isClose);
        _bytesReceived = new(CaptureSchema.BytesReceived, _isClose);
        _smoothedRtt = new(CaptureSchema.SmoothedRtt, _isClose);
        _retransmits = new(CaptureSchema.Retransmits, _isClose);
        _reason = new(CaptureSchema.Reason, Words.Endings, _isClose);
        _levels = [_inContainer, _isConnect, _hasError, _isClose];
        _columns =
        [
            _timestamp, _node, _type, _protocol, _sourceAddress, _sourcePort, _destinationAddress, _destinationPort,
            _pid, _process, _networkNamespace, _containerId, _podName, _podNamespace, _containerName, _podUid, _image,
            _direction, _uid, _cgroupId, _result, _error, _latency, _duration, _bytesSent, _bytesReceived, _smoothedRtt,
            _retransmits, _reason,
        ];
        Array.ForEach(_columns, column => column.Reserve(rows));
        Array.ForEach(_levels, levels => levels.Reserve(rows));
    }

    /// <summary>Rows gathered since <see cref="Clear"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>The least time among them, Unix nanoseconds.</summary>
    public long FirstUnixNanoseconds { get; private set; } = long.MaxValue;

    /// <summary>The greatest time among them, Unix nanoseconds.</summary>
    public long LastUnixNanoseconds { get; private set; } = long.MinValue;

    /// <summary>Takes a copy of the event.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The record is not of a connection.</exception>
    /// <exception cref="IndexOutOfRangeException">The row group is full.</exception>
    public void Add(in ConnectionEvent connection)
    {
        ref readonly var record = ref connection.Record;
        var type = Words.Index(record.Kind);
        Rows++;
        FirstUnixNanoseconds = Math.Min(FirstUnixNanoseconds, connection.UnixNanoseconds);
        LastUnixNanoseconds = Math.Max(LastUnixNanoseconds, connection.UnixNanoseconds);
        _timestamp.Add(Microseconds(connection.UnixNanoseconds));
        _node.Add(0);
        _type.Add(type);
        _protocol.Add(0);
        _sourceAddress.Add(_sourceTexts.Of(record.SourceAddress));
        _sourcePort.Add(record.SourcePort);
        _destinationAddress.Add(_destinationTexts.Of(record.DestinationAddress));
        _destinationPort.Add(record.DestinationPort);
        _pid.Add(record.Owner.Pid);
        _process.Add(_processTexts.Of(record.Owner.Comm));
        _networkNamespace.Add(record.NetworkNamespace);
        _direction.Add(Words.Index(record.Direction));
        _uid.Add(record.Owner.Uid);
        _cgroupId.Add(record.Owner.CgroupId);
        AddContainer(connection.Container);
        AddConnect(in connection);
        AddClose(in record);
    }

    /// <summary>Writes the rows as a row group; they stay until <see cref="Clear"/>.</summary>
    /// <param name="group">A new row group of <see cref="CaptureSchema.Schema"/>; the caller disposes of it.</param>
    /// <param name="scratch">Room for a text per row.</param>
    public async Task WriteAsync(ParquetRowGroupWriter group, Memory<ReadOnlyMemory<char>> scratch)
    {
        RowGroupMetadata.DeclareTimestamp(group, column: 0);
        for (var column = 0; column < _columns.Length; column++)
        {
            await _columns[column].WriteAsync(group, scratch).ConfigureAwait(false);
            if (!_columns[column].HasBounds)
            {
                RowGroupMetadata.RemoveBounds(group, column);
            }
        }

        group.CompleteValidate();
    }

    /// <summary>Forgets the rows; keeps the buffers.</summary>
    public void Clear()
    {
        Rows = 0;
        (FirstUnixNanoseconds, LastUnixNanoseconds) = (long.MaxValue, long.MinValue);
        Array.ForEach(_columns, column => column.Clear());
        Array.ForEach(_levels, levels => levels.Clear());
        _sourceTexts.Clear();
        _destinationTexts.Clear();
        _processTexts.Clear();
        _containers.Clear();
    }

    private void AddContainer(ContainerIdentity? container)
    {
        _inContainer.Add(container is not null);
        if (container is not null)
        {
            var index = _containers.Of(container);
            _containerId.Add(index);
            _podName.Add(index);
            _podNamespace.Add(index);
            _containerName.Add(index);
            _podUid.Add(index);
            _image.Add(index);
        }
    }

    private void AddConnect(in ConnectionEvent connection)
    {
        ref readonly var record = ref connection.Record;
        var isConnect = record.Kind == RecordKind.Connect;
        var result = connection.Result;
        var hasError = isConnect && record.Error != 0 && result != ConnectResult.Aborted;
        _isConnect.Add(isConnect);
        _hasError.Add(hasError);
        if (isConnect)
        {
            _result.Add((int)result);
            _latency.Add((long)(record.ElapsedNanoseconds / NanosecondsPerMicrosecond));
        }

        if (hasError)
        {
            _error.Add((int)record.Error);
        }
    }

    private void AddClose(in ConnectionRecord record)
    {
        var isClose = record.Kind == RecordKind.Close;
        _isClose.Add(isClose);
        if (isClose)
        {
            _duration.Add((long)(record.ElapsedNanoseconds / NanosecondsPerMicrosecond));
            _bytesSent.Add(record.BytesSent);
            _bytesReceived.Add(record.BytesReceived);
            _smoothedRtt.Add(record.SmoothedRttMicroseconds);
            _retransmits.Add(record.Retransmits);
            _reason.Add(Words.Index(record.Ending));
        }
    }

    /// <summary>Rounded down, before 1970 too.</summary>
    private static long Microseconds(long nanoseconds) =>
        nanoseconds / NanosecondsPerMicrosecond - (nanoseconds % NanosecondsPerMicrosecond < 0 ? 1 : 0);

    private static int AddressChars(ReadOnlySpan<byte> address, Span<char> text)
    {
        Span<byte> utf8 = stackalloc byte[AddressText.MaxLength];
        return Encoding.ASCII.GetChars(utf8[..AddressText.Format(address, utf8)], text);
    }

    private static int ProcessChars(ReadOnlySpan<byte> comm, Span<char> text)
    {
        var end = comm.IndexOf((byte)0);
        return Encoding.UTF8.GetChars(end < 0 ? comm : comm[..end], text);
    }
}
