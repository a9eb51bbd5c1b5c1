using NetMon.Events.Columns;

namespace NetMon.Query;

/// <summary>The columns of the relations with their types, which are the same whatever the versions of the files.</summary>
internal static class RelationColumns
{
    /// <summary>The columns of event files, in the current version; documented in schemas/parquet.md.</summary>
    public static readonly IReadOnlyList<RelationColumn> OfEventFiles = [.. EventColumns.All.Select(column => new RelationColumn(column.Name, TypeOf(column)))];

    /// <summary>The columns of roll-up files.</summary>
    public static readonly IReadOnlyList<RelationColumn> OfRollupFiles =
    [
        new("node", Text), new("direction", Text), new("process", Text), new("container_id", Text), new("pod_name", Text), new("pod_namespace", Text),
        new("container_name", Text), new("peer", Text), new("port", "INTEGER"), new("result", Text), new("errno", "INTEGER"),
        new("attempts", Number), new("accepts", Number), new("closed", Number), new("bytes_sent", Number), new("bytes_received", Number), new("retransmits", Number),
        new("latency", Text), new("first", Time), new("last", Time), new("workload", Text), new("workload_kind", Text),
    ];

    /// <summary>The columns of owner files.</summary>
    public static readonly IReadOnlyList<RelationColumn> OfOwnerFiles =
    [
        new("address", Text), new("node", Text), new("pod_name", Text), new("pod_namespace", Text), new("pod_uid", Text), new("workload", Text), new("workload_kind", Text),
        new("host_network", "BOOLEAN"), new("from_time", Time), new("to_time", Time),
    ];

    private const string Text = "VARCHAR";
    private const string Number = "BIGINT";
    private const string Time = "TIMESTAMP";

    /// <summary>The columns from folder names.</summary>
    private static readonly RelationColumn[] Partition = [new("date", "DATE"), new("hour", Number)];

    public static IReadOnlyList<RelationColumn> Of(Relation relation) => relation switch
    {
        Relation.Events or Relation.Unrolled => [.. OfEventFiles, .. Partition],
        Relation.Rollups => [.. OfRollupFiles, .. Partition],
        Relation.Ownership or Relation.Holding => [.. OfOwnerFiles, .. Partition],
        Relation.Kept => [new("node", Text), .. Partition, new("events", Number)],
        Relation.Loss =>
        [
            new("from", Time), new("to", Time), new("node", Text), new("stage", Text), new("reason", Text), new("count", Number),
            new("cgroup_id", Number), new("container_id", Text), new("pod_name", Text), new("pod_namespace", Text), new("container_name", Text),
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(relation)),
    };

    private static string TypeOf(EventColumn column) => column.Type switch
    {
        ColumnType.Int32 => "INTEGER",
        ColumnType.Int64 => Number,
        ColumnType.Boolean => "BOOLEAN",
        ColumnType.Text => Text,
        ColumnType.Timestamp => Time,
        _ => throw new InvalidOperationException($"{column.Name}: the query has no such type"),
    };
}
