using System.Diagnostics.CodeAnalysis;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// The queue of reports from the runtimes to the directory of containers: many threads post, one takes them in order. Bounded: if <see cref="Most"/>
/// containers wait, the sender of an event drops it, and an answer waits.
/// </summary>
public sealed class RuntimeReports
{
    /// <summary>The maximum number of waiting containers; the last report may exceed it by one answer.</summary>
    public const int Most = 8192;

    private readonly Lock _gate = new();
    private readonly Queue<RuntimeReport> _queue = new();
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _waiting;
    private volatile Action _posted = () => { };

    /// <summary>The number of waiting containers and answers.</summary>
    public int Waiting => _waiting;

    /// <summary>Sets a callback after each post, called on the posting thread. It must not block.</summary>
    public void OnPosted(Action posted) => _posted = posted;

    /// <summary>Posts a report; false if the queue is full. Thread-safe; does not block.</summary>
    public bool TryPost(RuntimeReport report)
    {
        lock (_gate)
        {
            if (_waiting >= Most)
            {
                return false;
            }

            _queue.Enqueue(report);
            _waiting += report.Weight;
        }

        _posted();
        return true;
    }

    /// <summary>Posts a report; waits while the queue is full. Thread-safe.</summary>
    public async Task PostAsync(RuntimeReport report, CancellationToken stop)
    {
        while (!TryPost(report))
        {
            Task room;
            lock (_gate)
            {
                room = _waiting >= Most ? _room.Task : Task.CompletedTask;
            }

            await room.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the oldest report. Not thread-safe.</summary>
    public bool TryTake([NotNullWhen(true)] out RuntimeReport? report)
    {
        if (_waiting == 0)
        {
            report = null;
            return false;
        }

        TaskCompletionSource? room = null;
        lock (_gate)
        {
            report = _queue.Dequeue();
            var wasFull = _waiting >= Most;
            _waiting -= report.Weight;
            if (wasFull && _waiting < Most)
            {
                (room, _room) = (_room, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }

        room?.SetResult();
        return true;
    }
}
