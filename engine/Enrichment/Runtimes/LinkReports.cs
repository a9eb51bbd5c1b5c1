using NetMon.Enrichment.Pods;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>One endpoint's way to the reports, and what it has reported. Any thread.</summary>
/// <param name="place">The endpoint, by its place among the endpoints.</param>
/// <param name="reports">Where to post.</param>
internal sealed class LinkReports(int place, RuntimeReports reports)
{
    private long _told;
    private long _leftOut;

    /// <summary>Containers reported, each time that they were.</summary>
    public long Told => Interlocked.Read(ref _told);

    /// <summary>Containers left out of answers, and of events that there was no room for.</summary>
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

    /// <summary>Posts an event. A container that there is no room for is asked for once an event comes from it.</summary>
    public void Post(RuntimeNews news)
    {
        IReadOnlyList<ContainerIdentity> created = news.Container is { } container ? [container] : [];
        Interlocked.Add(ref _told, created.Count);
        if (!reports.TryPost(new RuntimeReport(place, created, []) { Pods = news.Pods }))
        {
            Interlocked.Add(ref _leftOut, created.Count);
        }
    }
}
