namespace NetMon.Parquet.Reading;

/// <summary>Reads the description of a row group (RowGroup of parquet.thrift).</summary>
internal static class RowGroupReader
{
    /// <summary>Reads a description.</summary>
    /// <param name="reader">Positioned at it.</param>
    /// <param name="bytes">The reader's bytes, to which the result refers.</param>
    /// <param name="end">The end of the file's data, in bytes.</param>
    /// <param name="columns">The columns of the file.</param>
    /// <exception cref="DamagedFileException">The description is malformed or impossible.</exception>
    public static StoredRowGroup Read(ref CompactThriftReader reader, ReadOnlyMemory<byte> bytes, long end, List<ColumnDefinition> columns)
    {
        var rows = -1L;
        StoredChunk[] chunks = [];
        for (var field = 0; reader.TryField(ref field, out var type);)
        {
            switch (field)
            {
                case 1:
                    var count = reader.List(type, CompactType.Struct);
                    if (count != columns.Count)
                    {
                        throw new DamagedFileException($"a row group has {count} columns and the file {columns.Count}");
                    }

                    chunks = new StoredChunk[count];
                    for (var column = 0; column < count; column++)
                    {
                        chunks[column] = ReadChunk(ref reader, bytes, end, columns[column]);
                    }

                    break;
                case 3:
                    rows = reader.Int64(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return rows is < 0 or > int.MaxValue || chunks.Length == 0 || chunks.Any(chunk => chunk.Pages.Rows != rows)
            ? throw new DamagedFileException("the columns of a row group have different row counts")
            : new StoredRowGroup((int)rows, chunks);
    }

    private static StoredChunk ReadChunk(ref CompactThriftReader reader, ReadOnlyMemory<byte> bytes, long end, ColumnDefinition column)
    {
        StoredChunk? chunk = null;
        for (var field = 0; reader.TryField(ref field, out var type);)
        {
            if (field == 3)
            {
                CompactThriftReader.Struct(type);
                chunk = ChunkReader.Read(ref reader, bytes, end, column);
            }
            else
            {
                reader.Skip(type);
            }
        }

        return chunk ?? throw new DamagedFileException($"{column.Name}: a row group does not describe it");
    }
}
