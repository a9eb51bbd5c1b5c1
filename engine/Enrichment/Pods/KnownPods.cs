namespace NetMon.Enrichment.Pods;

/// <summary>
/// The sandboxes that are there and their addresses, by the runtimes' reports and by the ends of their cgroups. It passes on each
/// beginning, change and end once. The directory's thread.
/// </summary>
/// <param name="time">The clock of ends that nobody gives a time for.</param>
internal sealed class KnownPods(TimeProvider time)
{
    /// <summary>Sandboxes kept. A node has some hundreds of pods; one more is not passed on.</summary>
    public const int Most = 8192;

    private readonly Dictionary<string, (PodAddresses Pod, int Endpoint)> _pods = [];
    private readonly List<Action<PodAddresses>> _listeners = [];

    /// <summary>Sandboxes held.</summary>
    public int Count => _pods.Count;

    /// <summary>Has a listener called with each beginning, change and end, on the directory's thread; it must not block.</summary>
    public void OnPod(Action<PodAddresses> listener) => _listeners.Add(listener);

    /// <summary>Takes in what a runtime has reported.</summary>
    /// <param name="endpoint">Which runtime, by its place.</param>
    /// <param name="news">What it reported.</param>
    public void Take(int endpoint, PodNews news)
    {
        if (news.Present is { } present)
        {
            foreach (var (pod, _) in _pods.Values.Where(known => known.Endpoint == endpoint && !present.Contains(known.Pod.SandboxId)).ToArray())
            {
                End(pod, Now());
            }
        }

        foreach (var pod in news.Pods)
        {
            Begin(pod, endpoint);
        }

        foreach (var (id, at) in news.Ended)
        {
            if (_pods.TryGetValue(id, out var known))
            {
                End(known.Pod, at);
            }
        }
    }

    /// <summary>
    /// The last cgroup of a container is gone. Only a pod's sandbox has ended then: the same container of Docker may begin again
    /// under its id, and Docker reports the end.
    /// </summary>
    public void EndOfCgroups(string containerId)
    {
        if (_pods.TryGetValue(containerId, out var known) && known.Pod.IsPod)
        {
            End(known.Pod, Now());
        }
    }

    private void Begin(PodAddresses pod, int endpoint)
    {
        if (_pods.TryGetValue(pod.SandboxId, out var known) ? known.Pod.IsSameAs(pod) : _pods.Count >= Most)
        {
            return;
        }

        _pods[pod.SandboxId] = (pod, endpoint);
        Pass(pod);
    }

    private void End(PodAddresses pod, long at)
    {
        if (at < pod.FromUnixNanoseconds)
        {
            return; // of an earlier run of the same container
        }

        _pods.Remove(pod.SandboxId);
        Pass(pod with { UntilUnixNanoseconds = at });
    }

    private void Pass(PodAddresses pod)
    {
        foreach (var listener in _listeners)
        {
            listener(pod);
        }
    }

    private long Now() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
