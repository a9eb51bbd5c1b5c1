using NetMon.Parquet;

namespace NetMon.Storage.Owners;

/// <summary>The columns of a file of owners; documented in <c>schemas/owners.md</c>.</summary>
internal static class OwnerSchema
{
    /// <summary>The metadata key of the version.</summary>
    public const string VersionKey = "netmon.owners_version";

    public const string Version = "1";

    public static readonly ColumnDefinition Address = new("address", ColumnKind.Text);
    public static readonly ColumnDefinition Node = new("node", ColumnKind.Text);
    public static readonly ColumnDefinition PodName = new("pod_name", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition PodNamespace = new("pod_namespace", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition PodUid = new("pod_uid", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition Workload = new("workload", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition WorkloadKind = new("workload_kind", ColumnKind.Text, IsOptional: true);
    public static readonly ColumnDefinition HostNetwork = new("host_network", ColumnKind.Boolean, IsOptional: true);
    public static readonly ColumnDefinition From = new("from_time", ColumnKind.Timestamp);
    public static readonly ColumnDefinition To = new("to_time", ColumnKind.Timestamp, IsOptional: true);

    /// <summary>All columns, in order.</summary>
    public static readonly IReadOnlyList<ColumnDefinition> Columns = [Address, Node, PodName, PodNamespace, PodUid, Workload, WorkloadKind, HostNetwork, From, To];
}
