using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace NetMon.Enrichment.Runtimes;

/// <summary>The way of reports from the runtimes to the directory of containers: many threads post, one takes, in the order of posting.</summary>
public sealed class RuntimeReports
{
    private readonly ConcurrentQueue<RuntimeReport> _queue = new();
    private volatile Action _posted = () => { };

    /// <summary>Sets what is called after each post, on the thread that posts. It must not block.</summary>
    public void OnPosted(Action posted) => _posted = posted;

    /// <summary>Any thread; does not block.</summary>
    public void Post(RuntimeReport report)
    {
        _queue.Enqueue(report);
        _posted();
    }

    /// <summary>The oldest report that was not taken yet. One thread at a time.</summary>
    public bool TryTake([NotNullWhen(true)] out RuntimeReport? report) => _queue.TryDequeue(out report);
}
