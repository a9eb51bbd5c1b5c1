namespace NetMon.Query.Filters;

/// <summary>A pattern for a pod or a workload: NAME or NAMESPACE/NAME.</summary>
/// <param name="Whole">The complete pattern.</param>
/// <param name="Namespace">The part before the first /; null if there is none.</param>
/// <param name="Name">The part after it.</param>
internal sealed record NamePattern(TextPattern Whole, TextPattern? Namespace, TextPattern Name)
{
    private const string WorkloadName = "workload_name(workload, pod_namespace, pod_name, container_name, process)";
    private static readonly string[] Kinds = ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Rollout", "StaticPod", "Pod", "Compose", "Service", "SystemdUnit"];

    /// <summary>Parses web-*, shop/web-* and, for a workload, deployment/shop/web.</summary>
    public static NamePattern Of(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return new NamePattern(new TextPattern(text), slash > 0 ? new TextPattern(text[..slash]) : null, new TextPattern(text[(slash + 1)..]));
    }

    /// <summary>Returns the condition that the pod of a row's process matches.</summary>
    public string IsPod() => IsPod("pod_namespace", "pod_name");

    /// <summary>Returns the condition that the workload of a row's process matches.</summary>
    public string IsWorkload() => Namespace is not null && Name.Text.Contains('/', StringComparison.Ordinal) && Array.Find(Kinds, kind => kind.Equals(Namespace.Text, StringComparison.OrdinalIgnoreCase)) is { } found
        ? SqlCondition.All($"workload_kind = '{found}'", Name.Matches(WorkloadName))
        : IsWorkload(WorkloadName);

    /// <summary>Returns the condition that the owner of an event matches.</summary>
    public string IsOwner() => SqlCondition.Any(IsPod(), IsWorkload());

    /// <summary>Returns the condition that the peer of an event matches, as known to the agent.</summary>
    public string IsPeer() => SqlCondition.Any(IsPod("peer_pod_namespace", "peer_pod_name"), IsPod("peer_pod_namespace", "peer_service"), IsWorkload("peer_workload"));

    private string IsPod(string space, string name) => SqlCondition.All([.. Namespace is null ? (string[])[] : [Namespace.Matches(space)], Name.Matches(name)]);

    private string IsWorkload(string column) => (Namespace is null ? Name.After("*/") : Whole).Matches(column);
}
