using NetMon.Events.Columns;
using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>The columns of <see cref="EventColumns"/> as Parquet columns, in the same order.</summary>
internal static class CaptureSchema
{
    public static readonly IReadOnlyList<ColumnDefinition> Columns =
        [.. EventColumns.All.Select(column => new ColumnDefinition(
            column.Name, KindOf(column.Type), IsOptional: column.Rows != ColumnRows.All, column.IsSearched, IsPlain: column is NumberColumn { IsPlain: true }))];

    private static ColumnKind KindOf(ColumnType type) => type switch
    {
        ColumnType.Int32 => ColumnKind.Int32,
        ColumnType.Int64 => ColumnKind.Int64,
        ColumnType.Boolean => ColumnKind.Boolean,
        ColumnType.Timestamp => ColumnKind.Timestamp,
        _ => ColumnKind.Text,
    };
}
