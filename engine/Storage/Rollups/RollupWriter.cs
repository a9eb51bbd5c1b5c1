using System.Globalization;
using System.Text;
using NetMon.Events;
using NetMon.Native;
using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>Writes a roll-up row by row, in the order of <see cref="RollupKey"/>. The file is useless until <see cref="Complete"/> returns. Not thread-safe.</summary>
internal sealed class RollupWriter : IDisposable
{
    private static readonly byte[] SystemdUnit = Encoding.UTF8.GetBytes(WorkloadKinds.SystemdUnit);

    private readonly CaptureSinkOptions _options;
    private readonly BufferedFile _stream;
    private readonly ParquetFileWriter _file;
    private readonly RollupBuffers _buffers;
    private readonly byte[] _node;
    private int _rows;

    /// <param name="stream">The new file; ownership is transferred.</param>
    /// <param name="options">For the metadata.</param>
    /// <param name="buffers">Borrowed.</param>
    public RollupWriter(BufferedFile stream, CaptureSinkOptions options, RollupBuffers buffers)
    {
        (_stream, _options, _buffers, _node) = (stream, options, buffers, Encoding.UTF8.GetBytes(options.Node));
        _file = new ParquetFileWriter(stream, RollupSchema.Columns, buffers.Group);
        Array.ForEach(buffers.Columns, column => column.Clear()); // a writer that failed may have left rows
    }

    /// <summary>Adds the next row.</summary>
    /// <param name="key">Greater than the key of the previous row.</param>
    /// <param name="names">Names of the container.</param>
    /// <param name="sums">Its sums.</param>
    /// <param name="latency">The histogram as text; empty: none.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Add(in RollupKey key, in RollupNames names, in RollupSums sums, ReadOnlySpan<byte> latency)
    {
        this[RollupColumn.Node].Add(_node);
        this[RollupColumn.Direction].Add(key.Direction);
        this[RollupColumn.Process].Add(key.Process);
        AddContainer(in key, in names);
        this[RollupColumn.Peer].Add(key.Peer);
        this[RollupColumn.Port].Add(key.Port);
        AddUnlessEmpty(RollupColumn.Result, key.Result);
        if (key.Errno is { } errno)
        {
            this[RollupColumn.Errno].Add(errno);
        }
        else
        {
            this[RollupColumn.Errno].AddNull();
        }

        this[RollupColumn.Attempts].Add(sums.Attempts);
        this[RollupColumn.Accepts].Add(sums.Accepts);
        this[RollupColumn.Closed].Add(sums.Closed);
        this[RollupColumn.BytesSent].Add(sums.BytesSent);
        this[RollupColumn.BytesReceived].Add(sums.BytesReceived);
        this[RollupColumn.Retransmits].Add(sums.Retransmits);
        AddUnlessEmpty(RollupColumn.Latency, latency);
        this[RollupColumn.First].Add(sums.First);
        this[RollupColumn.Last].Add(sums.Last);
        AddUnlessEmpty(RollupColumn.Workload, key.IsContainer ? names.Workload : key.Unit);
        AddUnlessEmpty(RollupColumn.WorkloadKind, key.IsContainer ? names.WorkloadKind : key.Unit.IsEmpty ? default : SystemdUnit);
        if (++_rows == RollupBuffers.Rows)
        {
            WriteRowGroup();
        }
    }

    /// <summary>Writes the remaining rows and the footer.</summary>
    /// <param name="origin">Stored in the metadata.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Complete(RollupOrigin origin)
    {
        if (_rows > 0)
        {
            WriteRowGroup();
        }

        _file.Complete(
            new Dictionary<string, string>
            {
                [RollupSchema.VersionKey] = RollupSchema.Version,
                ["netmon.agent_version"] = _options.AgentVersion,
                ["netmon.node"] = _options.Node,
                ["netmon.boot_id"] = _options.BootId,
                [RollupSchema.RowsKey] = origin.Events.ToString(CultureInfo.InvariantCulture),
                [RollupSchema.LevelKey] = origin.Level.ToString(CultureInfo.InvariantCulture),
                [SealedFile.SegmentsKey] = SealedFile.SegmentsText(origin.Pieces),
            },
            FileMetadata.CreatedBy(_options.AgentVersion));
    }

    /// <summary>Makes the file durable; call it after <see cref="Complete"/>.</summary>
    /// <exception cref="IOException">The file can't be synced.</exception>
    public void Sync() => ContainedFolder.SyncData(_stream.File);

    public void Dispose() => _stream.Dispose();

    private ColumnBuffer this[RollupColumn column] => _buffers.Columns[(int)column];

    private void AddContainer(in RollupKey key, in RollupNames names)
    {
        if (!key.IsContainer)
        {
            for (var column = RollupColumn.ContainerId; column <= RollupColumn.ContainerName; column++)
            {
                this[column].AddNull();
            }

            return;
        }

        this[RollupColumn.ContainerId].Add(key.Owner);
        this[RollupColumn.PodName].Add(names.PodName);
        this[RollupColumn.PodNamespace].Add(names.PodNamespace);
        this[RollupColumn.ContainerName].Add(names.ContainerName);
    }

    private void AddUnlessEmpty(RollupColumn column, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            this[column].AddNull();
        }
        else
        {
            this[column].Add(text);
        }
    }

    private void WriteRowGroup()
    {
        _file.BeginRowGroup(_rows);
        foreach (var column in _buffers.Columns)
        {
            column.Write(_buffers.Group);
        }

        _file.EndRowGroup();
        _rows = 0;
    }
}
