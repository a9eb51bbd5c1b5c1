using System.Collections.Concurrent;
using NetMon.Enrichment.Pods;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// Posts the reports of one endpoint. Thread-safe; but only one thread may post events, and only one may post pending reports.
/// </summary>
/// <param name="place">The endpoint's index.</param>
/// <param name="reports">Receives the reports.</param>
/// <param name="reports">Where to post.</param>
internal sealed class LinkReports(int place, RuntimeReports reports)
{
    /// <summary>The maximum number of pending events about sandboxes.</summary>
    public const int MostPending = 4096;

    private readonly ConcurrentQueue<PodNews> _pending = new();
    private long _reported;
    private long _leftOut;

    /// <summary>The number of containers reported, with repetitions.</summary>
    public long Reported => Interlocked.Read(ref _reported);

    /// <summary>Whether there are pending reports of sandbox events, which did not fit.</summary>
    public bool HasPending => !_pending.IsEmpty;

    /// <summary>Containers left out of answers, and containers and sandboxes of events that did not fit.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    /// <summary>Posts an answer; waits for room.</summary>
    /// <param name="found">The containers in it.</param>
    /// <param name="wanted">The ids that were requested.</param>
    /// <param name="leftOut">The number of containers left out of it.</param>
    /// <param name="stop">Cancels the wait.</param>
    public async Task PostAsync(IReadOnlyList<ContainerIdentity> found, IReadOnlyCollection<string> wanted, long leftOut, CancellationToken stop)
    {
        Interlocked.Add(ref _leftOut, leftOut);
        Interlocked.Add(ref _reported, found.Count);
        await reports.PostAsync(new RuntimeReport(place, found, wanted), stop).ConfigureAwait(false);
    }

    /// <summary>Posts facts about sandboxes; waits for room.</summary>
    public async Task PostAsync(PodNews pods, CancellationToken stop)
    {
        if (!pods.IsEmpty)
        {
            await reports.PostAsync(new RuntimeReport(place, [], []) { Pods = pods }, stop).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Posts an event. A container that does not fit is requested again when it has an event. Facts about sandboxes would not be requested again, so they
    /// become pending together with all later ones.
    /// </summary>
    public void Post(RuntimeNews news)
    {
        IReadOnlyList<ContainerIdentity> created = news.Container is { } container ? [container] : [];
        Interlocked.Add(ref _reported, created.Count);
        var isPending = HasPending && !news.Pods.IsEmpty;
        if (reports.TryPost(new RuntimeReport(place, created, []) { Pods = isPending ? PodNews.None : news.Pods }))
        {
            if (isPending)
            {
                AddPending(news.Pods);
            }

            return;
        }

        Interlocked.Add(ref _leftOut, created.Count);
        if (!news.Pods.IsEmpty)
        {
            AddPending(news.Pods);
        }
    }

    /// <summary>Posts the pending reports in order; waits for room.</summary>
    public async Task PostPendingAsync(CancellationToken stop)
    {
        while (_pending.TryPeek(out var pods))
        {
            await PostAsync(pods, stop).ConfigureAwait(false);
            _ = _pending.TryDequeue(out _); // only now, so that later events are queued after it
        }
    }

    private void AddPending(PodNews pods)
    {
        if (_pending.Count < MostPending)
        {
            _pending.Enqueue(pods);
        }
        else
        {
            Interlocked.Add(ref _leftOut, pods.Pods.Count + pods.Ended.Count);
        }
    }
}
