using System.Threading.Channels;

namespace NetMon.Enrichment.Runtimes;

/// <summary>A queue of ids to request from a runtime, without duplicates. Adding is thread-safe; one thread takes and waits.</summary>
internal sealed class WantedIds(int limit)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _waiting = [];
    private readonly Queue<string> _order = new();
    private readonly Channel<bool> _some = Channel.CreateBounded<bool>(1);
    private readonly HashSet<string> _asked = [];
    private long _forgotten;

    /// <summary>The number of ids dropped because of the limit.</summary>
    public long Forgotten => Interlocked.Read(ref _forgotten);

    /// <summary>Adds an id, unless it is queued or being requested; does not allocate in that case.</summary>
    public void Add(string id)
    {
        lock (_gate)
        {
            AddLocked(id);
        }
    }

    /// <summary>Takes all ids, oldest first. They count as being requested until one of the next two methods is called.</summary>
    public IReadOnlyCollection<string> Take()
    {
        lock (_gate)
        {
            if (_order.Count == 0)
            {
                return [];
            }

            string[] taken = [.. _order];
            _order.Clear();
            _waiting.Clear();
            _asked.UnionWith(taken);
            return taken;
        }
    }

    /// <summary>Records that the ids taken were answered.</summary>
    public void Answered()
    {
        lock (_gate)
        {
            _asked.Clear();
        }
    }

    /// <summary>Puts the ids taken back, after a failed call.</summary>
    public void PutBack()
    {
        lock (_gate)
        {
            string[] unanswered = [.. _asked];
            _asked.Clear();
            foreach (var id in unanswered)
            {
                AddLocked(id);
            }
        }
    }

    /// <summary>Completes when ids are queued; may also complete once more after they were taken.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken stop) => _some.Reader.ReadAsync(stop);

    /// <summary>Ends a wait because there is other work.</summary>
    public void Wake() => _some.Writer.TryWrite(true);

    private void AddLocked(string id)
    {
        if (_asked.Contains(id) || !_waiting.Add(id))
        {
            return;
        }

        if (_order.Count >= limit)
        {
            _waiting.Remove(_order.Dequeue());
            Interlocked.Increment(ref _forgotten);
        }

        _order.Enqueue(id);
        _some.Writer.TryWrite(true);
    }
}
