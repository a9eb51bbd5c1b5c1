namespace NetMon.Query.Filters;

/// <summary>A pod or a workload by its name, or by namespace and name with / between.</summary>
/// <param name="Whole">What was given.</param>
/// <param name="Namespace">What is before the first /; null where there is none.</param>
/// <param name="Name">What is behind it.</param>
internal sealed record NamePattern(TextPattern Whole, TextPattern? Namespace, TextPattern Name)
{
    private const string WorkloadName = "workload_name(workload, pod_namespace, pod_name, container_name, process)";
    private static readonly string[] Kinds = ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Rollout", "StaticPod", "Pod", "Compose", "Service", "SystemdUnit"];

    /// <summary>Reads web-*, shop/web-* and, of a workload, deployment/shop/web.</summary>
    public static NamePattern Of(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return new NamePattern(new TextPattern(text), slash > 0 ? new TextPattern(text[..slash]) : null, new TextPattern(text[(slash + 1)..]));
    }

    /// <summary>The condition that the pod of a row's process is it.</summary>
    public string IsPod() => IsPod("pod_namespace", "pod_name");

    /// <summary>The condition that the workload of a row's process is it.</summary>
    public string IsWorkload() => Namespace is not null && Name.Text.Contains('/', StringComparison.Ordinal) && Array.Find(Kinds, kind => kind.Equals(Namespace.Text, StringComparison.OrdinalIgnoreCase)) is { } found
        ? SqlCondition.All($"workload_kind = '{found}'", Name.Matches(WorkloadName))
        : IsWorkload(WorkloadName);

    /// <summary>The condition that the process of an event belongs to it.</summary>
    public string IsOwner() => SqlCondition.Any(IsPod(), IsWorkload());

    /// <summary>The condition that the other end of an event belongs to it, as far as the agent knew.</summary>
    public string IsPeer() => SqlCondition.Any(IsPod("peer_pod_namespace", "peer_pod_name"), IsPod("peer_pod_namespace", "peer_service"), IsWorkload("peer_workload"));

    private string IsPod(string space, string name) => SqlCondition.All([.. Namespace is null ? (string[])[] : [Namespace.Matches(space)], Name.Matches(name)]);

    private string IsWorkload(string column) => (Namespace is null ? Name.After("*/") : Whole).Matches(column);
}
