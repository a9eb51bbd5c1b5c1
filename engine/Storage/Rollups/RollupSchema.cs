using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The columns of a roll-up; documented in <c>schemas/rollup.md</c>.</summary>
internal static class RollupSchema
{
    /// <summary>The value of <c>netmon.rollup_version</c>.</summary>
    public const string Version = "1";

    public const string VersionKey = "netmon.rollup_version";

    /// <summary>The metadata key of the number of events.</summary>
    public const string RowsKey = "netmon.rows";

    /// <summary>The metadata key of the number of merges that produced a roll-up.</summary>
    public const string LevelKey = "netmon.rollup_level";

    /// <summary>The number of columns in roll-ups of agents without workloads; the other columns were appended later.</summary>
    public const int ColumnsWithoutWorkloads = (int)RollupColumn.Workload;

    /// <summary>All columns, in the order of <see cref="RollupColumn"/>.</summary>
    public static readonly IReadOnlyList<ColumnDefinition> Columns =
    [
        new("node", ColumnKind.Text),
        new("direction", ColumnKind.Text),
        new("process", ColumnKind.Text),
        new("container_id", ColumnKind.Text, IsOptional: true),
        new("pod_name", ColumnKind.Text, IsOptional: true),
        new("pod_namespace", ColumnKind.Text, IsOptional: true),
        new("container_name", ColumnKind.Text, IsOptional: true),
        new("peer", ColumnKind.Text, IsSearched: true),
        new("port", ColumnKind.Int32),
        new("result", ColumnKind.Text, IsOptional: true),
        new("errno", ColumnKind.Int32, IsOptional: true),
        new("attempts", ColumnKind.Int64),
        new("accepts", ColumnKind.Int64),
        new("closed", ColumnKind.Int64),
        new("bytes_sent", ColumnKind.Int64),
        new("bytes_received", ColumnKind.Int64),
        new("retransmits", ColumnKind.Int64),
        new("latency", ColumnKind.Text, IsOptional: true),
        new("first", ColumnKind.Timestamp),
        new("last", ColumnKind.Timestamp),
        new("workload", ColumnKind.Text, IsOptional: true),
        new("workload_kind", ColumnKind.Text, IsOptional: true),
    ];
}
