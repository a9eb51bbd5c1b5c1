namespace NetMon.Enrichment.Pods;

/// <summary>
/// The sandboxes that are there and their addresses, by the runtimes' reports and by the ends of their cgroups. It passes on each
/// beginning, change and end once. The directory's thread.
/// </summary>
/// <param name="containers">The sandboxes' cgroups say when they began and ended; borrowed.</param>
/// <param name="time">The clock of ends that nobody gives a time for.</param>
internal sealed class KnownPods(KnownContainers containers, TimeProvider time)
{
    /// <summary>
    /// What lies between a sandbox's creation and its cgroup's at most. A cgroup that seems to be made later was found when the agent
    /// started, a while after it was made.
    /// </summary>
    private const long LongestStart = 120_000_000_000;

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
    /// <param name="containerId">Which.</param>
    /// <param name="unixNanoseconds">When; 0: not known.</param>
    public void EndOfCgroups(string containerId, long unixNanoseconds)
    {
        if (_pods.TryGetValue(containerId, out var known) && known.Pod.IsPod)
        {
            End(known.Pod, unixNanoseconds != 0 ? unixNanoseconds : Now());
        }
    }

    /// <summary>The first cgroup of a container is there: of a sandbox that a runtime has reported before, it says more exactly since when.</summary>
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
            End(pod, ended); // before it was reported
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
    /// With the more exact beginning: the runtimes give a sandbox its addresses after they have created it and before they make its cgroup,
    /// and until then another may have had them.
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
