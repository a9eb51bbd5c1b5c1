using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>Iterates over a roll-up's rows, with one row group in memory at a time. Owns the file. Not thread-safe.</summary>
internal sealed class RollupCursor : IDisposable
{
    private readonly ParquetFile _file;
    private readonly ColumnReader _reader;
    private readonly StoredColumn[] _columns;
    private byte[] _unit = [];
    private int _unitBytes;
    private int _group = -1;
    private int _row;

    /// <param name="file">Ownership is transferred, even if the constructor throws.</param>
    /// <param name="reader">Borrowed; shared with other cursors.</param>
    /// <param name="columns">Memory for the row group; borrowed.</param>
    /// <exception cref="DamagedFileException">The file is not a roll-up that this build can read.</exception>
    public RollupCursor(ParquetFile file, ColumnReader reader, StoredColumn[] columns)
    {
        (_file, _reader, _columns) = (file, reader, columns);
        if (file.Metadata.GetValueOrDefault(RollupSchema.VersionKey) != RollupSchema.Version
            || file.Columns.Count is not (RollupSchema.ColumnsWithoutWorkloads or (int)RollupColumn.WorkloadKind + 1)
            || !file.Columns.Select(Shape).SequenceEqual(RollupSchema.Columns.Take(file.Columns.Count).Select(Shape)))
        {
            file.Dispose();
            throw new DamagedFileException("it is not a roll-up of this version");
        }
    }

    /// <summary>Allocates memory for a row group of one cursor.</summary>
    public static StoredColumn[] NewColumns() => [.. RollupSchema.Columns.Select(_ => new StoredColumn())];

    /// <summary>The row's key; valid until the next row.</summary>
    public RollupKey Key => new()
    {
        Owner = _unitBytes > 0 ? _unit.AsSpan(0, _unitBytes) : Text(RollupColumn.ContainerId),
        Process = Text(RollupColumn.Process),
        Direction = Text(RollupColumn.Direction),
        Peer = Text(RollupColumn.Peer),
        Port = (int)Number(RollupColumn.Port),
        Result = Text(RollupColumn.Result),
        Errno = this[RollupColumn.Errno].IsNull(_row) ? null : (int)Number(RollupColumn.Errno),
    };

    /// <summary>The names of the row's container; valid until the next row.</summary>
    public RollupNames Names => new()
    {
        PodName = Text(RollupColumn.PodName),
        PodNamespace = Text(RollupColumn.PodNamespace),
        ContainerName = Text(RollupColumn.ContainerName),
        Workload = _unitBytes > 0 ? default : Text(RollupColumn.Workload),
        WorkloadKind = _unitBytes > 0 ? default : Text(RollupColumn.WorkloadKind),
    };

    public RollupSums Sums => new()
    {
        Attempts = Number(RollupColumn.Attempts),
        Accepts = Number(RollupColumn.Accepts),
        Closed = Number(RollupColumn.Closed),
        BytesSent = Number(RollupColumn.BytesSent),
        BytesReceived = Number(RollupColumn.BytesReceived),
        Retransmits = Number(RollupColumn.Retransmits),
        First = Number(RollupColumn.First),
        Last = Number(RollupColumn.Last),
    };

    /// <summary>The row's histogram as text; empty if there is none. Valid until the next row.</summary>
    public ReadOnlySpan<byte> Latency => Text(RollupColumn.Latency);

    /// <summary>Advances to the next row; false at the end.</summary>
    /// <exception cref="DamagedFileException">The file is corrupt.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public bool TryNext()
    {
        if (_group >= 0 && ++_row < _file.RowGroups[_group].Rows)
        {
            TakeUnit();
            return true;
        }

        _row = 0;
        do
        {
            if (++_group >= _file.RowGroups.Count)
            {
                return false;
            }
        }
        while (_file.RowGroups[_group].Rows == 0);
        for (var column = 0; column < _columns.Length; column++)
        {
            if (column < _file.Columns.Count)
            {
                _reader.Read(_file, _group, column);
                _columns[column].Take(_reader, _file.RowGroups[_group].Rows);
            }
            else
            {
                _columns[column].TakeNulls(_file.RowGroups[_group].Rows);
            }
        }

        TakeUnit();
        return true;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Builds the owner of a process of the node: its systemd unit, prefixed by a zero byte.</summary>
    private void TakeUnit()
    {
        _unitBytes = 0;
        if (this[RollupColumn.ContainerId].IsNull(_row) && Text(RollupColumn.Workload) is { IsEmpty: false } unit)
        {
            _unitBytes = unit.Length + 1;
            if (_unit.Length < _unitBytes)
            {
                _unit = new byte[2 * _unitBytes];
            }

            _unit[0] = RollupKey.OfUnit;
            unit.CopyTo(_unit.AsSpan(1));
        }
    }

    private static (string Name, ColumnKind Kind, bool IsOptional) Shape(ColumnDefinition column) => (column.Name, column.Kind, column.IsOptional);

    private StoredColumn this[RollupColumn column] => _columns[(int)column];

    private ReadOnlySpan<byte> Text(RollupColumn column) => this[column].Text(_row);

    private long Number(RollupColumn column) => this[column].Number(_row);
}
