using NetMon.Parquet;

namespace NetMon.Storage.Loss;

/// <summary>The columns of a loss file; documented in <c>schemas/loss.md</c>.</summary>
internal static class LossSchema
{
    /// <summary>The value of <c>netmon.loss_schema_version</c>.</summary>
    public const string Version = "2";

    public static readonly ColumnDefinition From = new("from", ColumnKind.Timestamp);
    public static readonly ColumnDefinition To = new("to", ColumnKind.Timestamp);
    public static readonly ColumnDefinition Node = new("node", ColumnKind.Text);
    public static readonly ColumnDefinition Stage = new("stage", ColumnKind.Text);
    public static readonly ColumnDefinition Reason = new("reason", ColumnKind.Text);
    public static readonly ColumnDefinition Count = new("count", ColumnKind.Int64, IsOptional: true);

    public static readonly ColumnDefinition CgroupId = new("cgroup_id", ColumnKind.Int64, IsOptional: true);
    public static readonly ColumnDefinition ContainerId = new("container_id", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition PodName = new("pod_name", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition PodNamespace = new("pod_namespace", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition ContainerName = new("container_name", ColumnKind.Text, IsOptional: true);

    /// <summary>All columns, in order.</summary>
    public static readonly IReadOnlyList<ColumnDefinition> Columns = [From, To, Node, Stage, Reason, Count, CgroupId, ContainerId, PodName, PodNamespace, ContainerName];
}
