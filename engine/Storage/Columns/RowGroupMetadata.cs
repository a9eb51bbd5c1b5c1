using System.Runtime.CompilerServices;
using Parquet;
using Parquet.Meta;

namespace NetMon.Storage.Columns;

/// <summary>
/// What Parquet.Net 6.1 knows about a file but gives no door to, so that its fields are opened by name; a test reads
/// the results back, and fails if a newer version names them differently.
/// </summary>
internal static class RowGroupMetadata
{
    /// <summary>
    /// Declares a column of 64-bit integers a TIMESTAMP in microseconds that is not adjusted to UTC, which DuckDB shows as
    /// TIMESTAMP and not as TIMESTAMP WITH TIME ZONE. To be called before the columns are written.
    /// </summary>
    public static void DeclareTimestamp(ParquetRowGroupWriter group, int column)
    {
        var timestamp = SchemaOf(group)[column];
        timestamp.ConvertedType = null;
        timestamp.LogicalType = new LogicalType
        {
            TIMESTAMP = new TimestampType { IsAdjustedToUTC = false, Unit = new TimeUnit { MICROS = new MicroSeconds() } },
        };
    }

    /// <summary>
    /// Takes the bounds of a column that has been written out of the footer: the library says 0..0 where every value
    /// is null, and orders text by UTF-16 where readers skip row groups by UTF-8.
    /// </summary>
    public static void RemoveBounds(ParquetRowGroupWriter group, int column)
    {
        if (RowGroupOf(group).Columns[column].MetaData?.Statistics is { } statistics)
        {
            statistics.Min = statistics.Max = statistics.MinValue = statistics.MaxValue = null;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_thschema")]
    private static extern ref SchemaElement[] SchemaOf(ParquetRowGroupWriter group);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_owGroup")]
    private static extern ref RowGroup RowGroupOf(ParquetRowGroupWriter group);
}
