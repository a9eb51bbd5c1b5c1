using System.Collections.Concurrent;
using NetMon.Enrichment.Pods;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// One endpoint's way to the reports, and what it has reported. Any thread; but one alone posts events, and one what is owed.
/// </summary>
/// <param name="place">The endpoint, by its place among the endpoints.</param>
/// <param name="reports">Where to post.</param>
internal sealed class LinkReports(int place, RuntimeReports reports)
{
    /// <summary>Events about sandboxes that may be owed.</summary>
    public const int MostOwed = 4096;

    private readonly ConcurrentQueue<PodNews> _owed = new();
    private long _told;
    private long _leftOut;

    /// <summary>Containers reported, each time that they were.</summary>
    public long Told => Interlocked.Read(ref _told);

    /// <summary>Whether there was no room for what an event said of a sandbox.</summary>
    public bool Owes => !_owed.IsEmpty;

    /// <summary>Containers left out of answers, and containers and sandboxes of events that there was no room for.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    /// <summary>Posts an answer; waits for room.</summary>
    /// <param name="found">The containers in it.</param>
    /// <param name="wanted">The ids that were asked for.</param>
    /// <param name="leftOut">Containers left out of it.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task PostAsync(IReadOnlyList<ContainerIdentity> found, IReadOnlyCollection<string> wanted, long leftOut, CancellationToken stop)
    {
        Interlocked.Add(ref _leftOut, leftOut);
        Interlocked.Add(ref _told, found.Count);
        await reports.PostAsync(new RuntimeReport(place, found, wanted), stop).ConfigureAwait(false);
    }

    /// <summary>Posts what was read of sandboxes; waits for room.</summary>
    public async Task PostAsync(PodNews pods, CancellationToken stop)
    {
        if (!pods.IsEmpty)
        {
            await reports.PostAsync(new RuntimeReport(place, [], []) { Pods = pods }, stop).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Posts an event. A container that there is no room for is asked for once an event comes from it; what is said of a sandbox nobody
    /// would ask for, so it is owed, and what comes after it too.
    /// </summary>
    public void Post(RuntimeNews news)
    {
        IReadOnlyList<ContainerIdentity> created = news.Container is { } container ? [container] : [];
        Interlocked.Add(ref _told, created.Count);
        var isOwed = Owes && !news.Pods.IsEmpty;
        if (reports.TryPost(new RuntimeReport(place, created, []) { Pods = isOwed ? PodNews.None : news.Pods }))
        {
            if (isOwed)
            {
                Owe(news.Pods);
            }

            return;
        }

        Interlocked.Add(ref _leftOut, created.Count);
        if (!news.Pods.IsEmpty)
        {
            Owe(news.Pods);
        }
    }

    /// <summary>Posts what is owed, in its order; waits for room.</summary>
    public async Task PostOwedAsync(CancellationToken stop)
    {
        while (_owed.TryPeek(out var pods))
        {
            await PostAsync(pods, stop).ConfigureAwait(false);
            _ = _owed.TryDequeue(out _); // not before: what happens meanwhile comes after it
        }
    }

    private void Owe(PodNews pods)
    {
        if (_owed.Count < MostOwed)
        {
            _owed.Enqueue(pods);
        }
        else
        {
            Interlocked.Add(ref _leftOut, pods.Pods.Count + pods.Ended.Count);
        }
    }
}
