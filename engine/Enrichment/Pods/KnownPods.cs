namespace NetMon.Enrichment.Pods;

/// <summary>
/// The existing sandboxes and their addresses, from the runtimes' reports and the ends of their cgroups. Passes each start, change and end on to its
/// listeners once. For the directory's thread.
/// </summary>
/// <param name="containers">The cgroups of sandboxes, which determine their start and end; borrowed.</param>
/// <param name="time">The clock, for ends without a reported time.</param>
internal sealed class KnownPods(KnownContainers containers, TimeProvider time)
{
    /// <summary>
    /// The maximum time from a sandbox's creation to its cgroup's. A cgroup that seems to be created later was found when the agent started, some time after
    /// its creation.
    /// </summary>
    private const long LongestStart = 120_000_000_000;

    /// <summary>The maximum number of sandboxes. A node has some hundreds of pods; further ones are not passed on.</summary>
    public const int Most = 8192;

    private readonly Dictionary<string, (PodAddresses Pod, int Endpoint)> _pods = [];
    private readonly List<Action<PodAddresses>> _listeners = [];

    /// <summary>The number of sandboxes.</summary>
    public int Count => _pods.Count;

    /// <summary>Adds a listener for each start, change and end, called on the directory's thread; it must not block.</summary>
    public void OnPod(Action<PodAddresses> listener) => _listeners.Add(listener);

    /// <summary>Applies a runtime's report.</summary>
    /// <param name="endpoint">The runtime's index.</param>
    /// <param name="news">The report.</param>
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
    /// Called when the last cgroup of a container was removed. Only a pod's sandbox has ended then: a Docker container may be restarted under the same id,
    /// and Docker reports its end.
    /// </summary>
    /// <param name="containerId">The container.</param>
    /// <param name="unixNanoseconds">When; 0: unknown.</param>
    public void EndOfCgroups(string containerId, long unixNanoseconds)
    {
        if (_pods.TryGetValue(containerId, out var known) && known.Pod.IsPod)
        {
            End(known.Pod, unixNanoseconds != 0 ? unixNanoseconds : Now());
        }
    }

    /// <summary>Called when a container has its first cgroup, which gives a sandbox reported before a more exact start.</summary>
    public void BeginOfCgroups(string containerId)
    {
        if (_pods.TryGetValue(containerId, out var known) && known.Pod.IsPod)
        {
            Pass(known.Pod);
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
        if (pod.IsPod && containers.Find(pod.SandboxId) is { LiveCgroups: 0, EndedUnixNanoseconds: > 0 and var ended })
        {
            End(pod, ended); // it ended before it was reported
        }
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

    /// <summary>
    /// Passes the sandbox on with the more exact start: runtimes assign the addresses after creating a sandbox and before creating its cgroup, and until then
    /// another sandbox may have had them.
    /// </summary>
    private void Pass(PodAddresses pod)
    {
        if (pod.IsPod && containers.Find(pod.SandboxId) is { MadeUnixNanoseconds: var made } && made > pod.FromUnixNanoseconds && made - pod.FromUnixNanoseconds < LongestStart)
        {
            pod = pod with { FromUnixNanoseconds = made };
        }

        foreach (var listener in _listeners)
        {
            listener(pod);
        }
    }

    private long Now() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
