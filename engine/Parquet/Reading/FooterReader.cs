namespace NetMon.Parquet.Reading;

/// <summary>Reads the output of <see cref="FileFooter"/>, and equivalent footers from other writers.</summary>
internal static class FooterReader
{
    /// <summary>Bounds memory; more than any of our files has.</summary>
    private const int MostColumns = 4096;

    /// <summary>Bounds memory; more than any of our files has.</summary>
    private const int MostPairs = 65_536;

    /// <summary>Reads a footer.</summary>
    /// <param name="bytes">The footer, to which the result refers.</param>
    /// <param name="at">Its offset in the file: the data that it describes precedes it.</param>
    /// <exception cref="DamagedFileException">The footer is malformed or impossible.</exception>
    public static Footer Read(ReadOnlyMemory<byte> bytes, long at)
    {
        var reader = new CompactThriftReader(bytes.Span);
        var rows = -1L;
        List<ColumnDefinition> columns = [];
        List<StoredRowGroup> groups = [];
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        Range? checksum = null;
        for (var field = 0; reader.TryField(ref field, out var type);)
        {
            switch (field)
            {
                case 2:
                    ReadSchema(ref reader, type, columns);
                    break;
                case 3:
                    rows = reader.Int64(type);
                    break;
                case 4:
                    for (var count = reader.List(type, CompactType.Struct); count > 0; count--)
                    {
                        groups.Add(RowGroupReader.Read(ref reader, bytes, at, columns));
                    }

                    break;
                case 5:
                    for (var count = AtMost(MostPairs, reader.List(type, CompactType.Struct)); count > 0; count--)
                    {
                        ReadPair(ref reader, bytes.Span, metadata, ref checksum);
                    }

                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return reader.Position != bytes.Length ? throw new DamagedFileException($"the footer ends {bytes.Length - reader.Position} bytes too early")
            : columns.Count == 0 ? throw new DamagedFileException("the footer names no columns")
            : groups.Sum(group => (long)group.Rows) != rows ? throw new DamagedFileException("the row counts of the row groups do not add up to the file's")
            : new Footer(rows, columns, groups, metadata, checksum);
    }

    private static int AtMost(int most, int count) => count <= most ? count : throw new DamagedFileException($"the footer has a list of {count} elements");

    private static void ReadSchema(ref CompactThriftReader reader, CompactType type, List<ColumnDefinition> columns)
    {
        var count = AtMost(MostColumns + 1, reader.List(type, CompactType.Struct));
        for (var element = 0; element < count; element++)
        {
            var (column, children) = SchemaReader.Read(ref reader);
            if (element == 0 ? children != count - 1 : children != 0)
            {
                throw new DamagedFileException("columns are nested, or their count is wrong");
            }

            if (element > 0)
            {
                columns.Add(column);
            }
        }
    }

    private static void ReadPair(ref CompactThriftReader reader, ReadOnlySpan<byte> bytes, Dictionary<string, string> metadata, ref Range? checksum)
    {
        var (key, value, valueAt) = ("", "", default(Range));
        for (var field = 0; reader.TryField(ref field, out var type);)
        {
            switch (field)
            {
                case 1:
                    key = reader.Text(type);
                    break;
                case 2:
                    valueAt = reader.Binary(type);
                    value = System.Text.Encoding.UTF8.GetString(bytes[valueAt]);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        metadata[key] = value;
        if (key == Checksums.FooterKey)
        {
            checksum = valueAt;
        }
    }
}
