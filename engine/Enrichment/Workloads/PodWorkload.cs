using NetMon.Enrichment.Runtimes;
using NetMon.Events;

namespace NetMon.Enrichment.Workloads;

/// <summary>
/// Determines the controller of a pod by the labels that controllers set on their pods and kubelet copies to the sandbox. Labels are checked against the
/// pod's name, because anyone may set them.
/// </summary>
internal static class PodWorkload
{
    private const string ConfigSource = "kubernetes.io/config.source";
    private const string FromApi = "api";
    private const string JobName = "batch.kubernetes.io/job-name";
    private const string OldJobName = "job-name";
    private const string StatefulSetPod = "statefulset.kubernetes.io/pod-name";
    private const string PodIndex = "apps.kubernetes.io/pod-index";
    private const string RolloutHash = "rollouts-pod-template-hash";
    private const string TemplateHash = "pod-template-hash";
    private const string RevisionHash = "controller-revision-hash";
    private const string TemplateGeneration = "pod-template-generation";

    /// <summary>The length of a static pod's uid: a hash without dashes.</summary>
    private const int HashedUidLength = 32;

    /// <summary>Returns the workload of a pod.</summary>
    /// <param name="pod">The pod; its name is not empty.</param>
    /// <param name="node">The node's name, which kubelet appends to the names of static pods.</param>
    /// <param name="labels">The sandbox's labels; null if unknown.</param>
    /// <param name="annotations">The sandbox's annotations; null if unknown.</param>
    public static Workload Of<T>(PodName pod, string node, IEnumerable<KeyValuePair<string, T>>? labels, IEnumerable<KeyValuePair<string, T>>? annotations)
        where T : class?
    {
        if (annotations.Label(ConfigSource) is { Length: > 0 } source ? source != FromApi : pod.Uid.Length == HashedUidLength)
        {
            return Named(pod, WithoutNode(pod.Name, node), WorkloadKinds.StaticPod);
        }

        if (labels is not null && OfController(pod, labels) is { } controller)
        {
            return controller;
        }

        var guess = NameShape.WithoutReplica(pod.Name);
        return Named(pod, guess, labels is not null && guess.Length == pod.Name.Length ? WorkloadKinds.Pod : "");
    }

    private static Workload? OfController<T>(PodName pod, IEnumerable<KeyValuePair<string, T>> labels)
        where T : class?
    {
        var job = labels.Label(JobName) is { Length: > 0 } name ? name : labels.Label(OldJobName);
        if (job.Length > 0 && NameShape.IsOfJob(pod.Name, job))
        {
            var cronJob = NameShape.CronJobOf(job);
            return cronJob.IsEmpty ? Named(pod, job, WorkloadKinds.Job) : Named(pod, cronJob, WorkloadKinds.CronJob);
        }

        if ((labels.Label(StatefulSetPod) == pod.Name || labels.Label(PodIndex).Length > 0)
            && NameShape.WithoutIndex(pod.Name, labels.Label(PodIndex)) is { IsEmpty: false } set)
        {
            return Named(pod, set, WorkloadKinds.StatefulSet);
        }

        if (labels.Label(RolloutHash) is { Length: > 0 } rollout && NameShape.WithoutHash(pod.Name, rollout) is { IsEmpty: false } rolledOut)
        {
            return Named(pod, rolledOut, WorkloadKinds.Rollout);
        }

        if (labels.Label(TemplateHash) is { Length: > 0 } template && NameShape.WithoutHash(pod.Name, template) is { IsEmpty: false } deployed)
        {
            return Named(pod, deployed, WorkloadKinds.Deployment);
        }

        return labels.Label(RevisionHash).Length > 0 && labels.Label(TemplateGeneration).Length > 0 && NameShape.WithoutRandom(pod.Name) is { IsEmpty: false } daemon
            ? Named(pod, daemon, WorkloadKinds.DaemonSet)
            : null;
    }

    private static ReadOnlySpan<char> WithoutNode(ReadOnlySpan<char> pod, string node) =>
        node.Length > 0 && pod.Length > node.Length + 1 && pod.EndsWith(node, StringComparison.OrdinalIgnoreCase) && pod[^(node.Length + 1)] == '-'
            ? pod[..^(node.Length + 1)]
            : pod;

    private static Workload Named(PodName pod, ReadOnlySpan<char> name, string kind) => new($"{pod.Namespace}/{name}", kind);
}
