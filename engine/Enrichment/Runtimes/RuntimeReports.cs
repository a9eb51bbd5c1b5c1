using System.Diagnostics.CodeAnalysis;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// The way of reports from the runtimes to the directory of containers: many threads post, one takes, in the order of
/// posting. Bounded: where <see cref="Most"/> containers wait, an event is dropped by its sender and an answer waits.
/// </summary>
public sealed class RuntimeReports
{
    /// <summary>Containers that may wait before a further report has to. The last one taken may bring one answer's more.</summary>
    public const int Most = 8192;

    private readonly Lock _gate = new();
    private readonly Queue<RuntimeReport> _queue = new();
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _waiting;
    private volatile Action _posted = () => { };

    /// <summary>Containers and answers that wait to be taken.</summary>
    public int Waiting => _waiting;

    /// <summary>Sets what is called after each post, on the thread that posts. It must not block.</summary>
    public void OnPosted(Action posted) => _posted = posted;

    /// <summary>Any thread; does not block. False: too much waits, and the report was not taken.</summary>
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

    /// <summary>Any thread; waits while too much waits.</summary>
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

    /// <summary>The oldest report that was not taken yet. One thread at a time.</summary>
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
