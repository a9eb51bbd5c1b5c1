namespace NetMon.Parquet.Reading;

/// <summary>Reads the description of a column in a row group (ColumnMetaData of parquet.thrift). Used once.</summary>
internal ref struct ChunkReader
{
    private const int LastOfMagic = 4;

    private int _encoding;
    private int _codec;
    private long _rows;
    private long _nulls;
    private long _uncompressed;
    private long _compressed;
    private long _dataAt;
    private long _dictionaryAt;
    private long _filterAt;
    private int _filterLength;
    private Range _least;
    private Range _greatest;

    /// <summary>Reads a description.</summary>
    /// <param name="reader">Positioned at its first field.</param>
    /// <param name="bytes">The reader's bytes, to which the result refers.</param>
    /// <param name="end">The end of the file's data, in bytes.</param>
    /// <param name="column">The column.</param>
    /// <exception cref="DamagedFileException">The description is malformed or impossible.</exception>
    public static StoredChunk Read(ref CompactThriftReader reader, ReadOnlyMemory<byte> bytes, long end, ColumnDefinition column)
    {
        var chunk = new ChunkReader { _encoding = -1, _codec = -1, _rows = -1, _dictionaryAt = -1, _filterAt = -1 };
        chunk.ReadFields(ref reader);
        return chunk.Check(bytes, end, column);
    }

    private void ReadFields(ref CompactThriftReader reader)
    {
        for (var field = 0; reader.TryField(ref field, out var type);)
        {
            switch (field)
            {
                case 2:
                    for (var count = reader.List(type, CompactType.Int32); count > 0; count--)
                    {
                        _encoding = reader.Int32(CompactType.Int32); // the last is the data page's
                    }

                    break;
                case 4:
                    _codec = reader.Int32(type);
                    break;
                case 5:
                    _rows = reader.Int64(type);
                    break;
                case 6:
                    _uncompressed = reader.Int64(type);
                    break;
                case 7:
                    _compressed = reader.Int64(type);
                    break;
                case 9:
                    _dataAt = reader.Int64(type);
                    break;
                case 11:
                    _dictionaryAt = reader.Int64(type);
                    break;
                case 12:
                    CompactThriftReader.Struct(type);
                    ReadStatistics(ref reader);
                    break;
                case 14:
                    _filterAt = reader.Int64(type);
                    break;
                case 15:
                    _filterLength = reader.Int32(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
    }

    private void ReadStatistics(ref CompactThriftReader reader)
    {
        for (var field = 0; reader.TryField(ref field, out var type);)
        {
            switch (field)
            {
                case 3:
                    _nulls = reader.Int64(type);
                    break;
                case 5:
                    _greatest = reader.Binary(type);
                    break;
                case 6:
                    _least = reader.Binary(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
    }

    private readonly StoredChunk Check(ReadOnlyMemory<byte> bytes, long end, ColumnDefinition column)
    {
        var begin = _dictionaryAt >= 0 ? _dictionaryAt : _dataAt;
        var isRight = _rows is >= 0 and <= int.MaxValue && _nulls >= 0 && _nulls <= _rows
            && begin >= LastOfMagic && _compressed >= 0 && _compressed <= end - begin && _uncompressed >= 0
            && _dataAt >= begin && _dataAt - begin <= _compressed
            && (_filterAt < 0 || (_filterAt >= LastOfMagic && _filterLength >= 0 && _filterLength <= end - _filterAt));
        return isRight
            ? new StoredChunk(
                new ColumnChunk(
                    column, _codec == Format.Zstd ? _encoding : -1, (int)_rows, (int)_nulls, begin, _dataAt, _dictionaryAt, _uncompressed, _compressed),
                bytes[_least], bytes[_greatest], _filterAt, _filterLength)
            : throw new DamagedFileException($"{column.Name}: its description in a row group is invalid");
    }
}
