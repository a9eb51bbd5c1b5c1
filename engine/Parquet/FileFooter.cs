namespace NetMon.Parquet;

/// <summary>The footer at the end of a file: columns, row groups and metadata (FileMetaData of parquet.thrift).</summary>
internal static class FileFooter
{
    /// <summary>Writes the footer; returns the offset of its checksum's digits, which are zeros.</summary>
    /// <param name="footer">Receives the footer.</param>
    /// <param name="columns">The columns of the file.</param>
    /// <param name="rows">The total number of rows.</param>
    /// <param name="groups">The row groups' descriptions.</param>
    /// <param name="groupCount">The number of row groups.</param>
    /// <param name="metadata">Keys and values.</param>
    /// <param name="createdBy">The application: "name version V".</param>
    public static int Write(
        CompactThrift footer, IReadOnlyList<ColumnDefinition> columns, long rows, ReadOnlySpan<byte> groups, int groupCount,
        IReadOnlyDictionary<string, string> metadata, string createdBy)
    {
        footer.Clear();
        footer.Int32(1, Format.Version);
        footer.Structs(2, columns.Count + 1);
        footer.Element();
        footer.Text(4, "root");
        footer.Int32(5, columns.Count);
        footer.End();
        foreach (var column in columns)
        {
            WriteColumn(footer, column);
        }

        footer.Int64(3, rows);
        footer.Structs(4, groupCount);
        footer.Raw(groups);
        footer.Structs(5, metadata.Count + 1);
        foreach (var (key, value) in metadata)
        {
            WritePair(footer, key, value);
        }

        WritePair(footer, Checksums.FooterKey, new string('0', Checksums.Digits));
        var checksumAt = footer.Written.Length - 1 - Checksums.Digits;
        footer.Text(6, createdBy);
        footer.Structs(7, columns.Count);
        foreach (var _ in columns)
        {
            footer.Element();
            footer.Empty(1); // the type-defined order, without which readers ignore the bounds
            footer.End();
        }

        footer.End();
        return checksumAt;
    }

    /// <summary>Returns the physical type of a kind.</summary>
    public static int TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Int32 => Format.TypeInt32,
        ColumnKind.Boolean => Format.TypeBoolean,
        ColumnKind.Text => Format.TypeByteArray,
        ColumnKind.Int64 or ColumnKind.Timestamp => Format.TypeInt64,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "files have no such column"),
    };

    private static void WritePair(CompactThrift footer, string key, string value)
    {
        footer.Element();
        footer.Text(1, key);
        footer.Text(2, value);
        footer.End();
    }

    private static void WriteColumn(CompactThrift footer, ColumnDefinition column)
    {
        footer.Element();
        footer.Int32(1, TypeOf(column.Kind));
        footer.Int32(3, column.IsOptional ? Format.Optional : Format.Required);
        footer.Text(4, column.Name);
        switch (column.Kind)
        {
            case ColumnKind.Text:
                footer.Int32(6, Format.ConvertedUtf8);
                footer.Struct(10);
                footer.Empty(1);
                footer.End();
                break;
            case ColumnKind.Timestamp:
                WriteTimestamp(footer);
                break;
        }

        footer.End();
    }

    private static void WriteTimestamp(CompactThrift footer)
    {
        footer.Struct(10);
        footer.Struct(8);
        footer.Bool(1, false); // isAdjustedToUTC
        footer.Struct(2);
        footer.Empty(2); // microseconds
        footer.End();
        footer.End();
        footer.End();
    }
}
