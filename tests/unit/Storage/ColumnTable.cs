using System.Text;
using NetMon.Events.Columns;

namespace NetMon.UnitTests.Storage;

/// <summary>The column tables in <c>schemas/</c>, generated from the declarations.</summary>
internal static class ColumnTable
{
    /// <summary>The table of <c>parquet.md</c>.</summary>
    public static string OfFiles()
    {
        var table = new StringBuilder("| column | DuckDB type | in | meaning |\n|---|---|---|---|\n");
        foreach (var column in EventColumns.All)
        {
            table.Append($"| `{column.Name}` | {DuckDbType(column.Type)} | {column.Rows.Label} | {column.Meaning} |\n");
        }

        return table.ToString();
    }

    /// <summary>The table of <c>hot.md</c>.</summary>
    public static string OfSegments()
    {
        var table = new StringBuilder("| column | Arrow type | meaning |\n|---|---|---|\n");
        foreach (var field in EventColumns.Fields)
        {
            table.Append($"| `{field.Name}` | {ArrowType(field.Type)} | {field.Meaning} |\n");
        }

        var containers = string.Join(", ", EventColumns.ContainerTexts.Select(text => text.Name));
        var peers = string.Join(", ", EventColumns.PeerTexts.Select(text => text.Name));
        table.Append($"| `container` | dictionary<int16, struct<{containers}: utf8>> | null for a process of the host; texts are cut at 1,024 characters |\n");
        return table.Append($"| `peer` | dictionary<int16, struct<{peers}: utf8>> | null where nothing is known of the peer; a text that is not known is empty; texts are cut in the same way |\n").ToString();
    }

    public static string DuckDbType(ColumnType type) => type switch
    {
        ColumnType.Int32 => "INTEGER",
        ColumnType.Int64 => "BIGINT",
        ColumnType.Boolean => "BOOLEAN",
        ColumnType.Timestamp => "TIMESTAMP",
        _ => "VARCHAR",
    };

    private static string ArrowType(FieldType type) => type switch
    {
        FieldType.Timestamp => "timestamp[ns, UTC]",
        FieldType.UInt8 => "uint8",
        FieldType.UInt16 => "uint16",
        FieldType.UInt32 => "uint32",
        FieldType.UInt64 => "uint64",
        _ => "fixed_size_binary[16]",
    };
}
