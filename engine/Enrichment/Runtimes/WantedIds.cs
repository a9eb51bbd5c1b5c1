using System.Threading.Channels;

namespace NetMon.Enrichment.Runtimes;

/// <summary>The ids that a runtime is still to be asked for, each once. Adding: any thread. Taking and waiting: one.</summary>
internal sealed class WantedIds(int limit)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _waiting = [];
    private readonly Queue<string> _order = new();
    private readonly Channel<bool> _some = Channel.CreateBounded<bool>(1);
    private readonly HashSet<string> _asked = [];
    private long _forgotten;

    /// <summary>Ids that were given up because more than the limit waited.</summary>
    public long Forgotten => Interlocked.Read(ref _forgotten);

    /// <summary>Adds one unless it waits already or is being asked for. Allocates nothing then.</summary>
    public void Add(string id)
    {
        lock (_gate)
        {
            AddLocked(id);
        }
    }

    /// <summary>All that wait, oldest first; they count as being asked for until one of the next two is called.</summary>
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

    /// <summary>What was taken is answered.</summary>
    public void Answered()
    {
        lock (_gate)
        {
            _asked.Clear();
        }
    }

    /// <summary>What was taken waits again, since the call failed.</summary>
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

    /// <summary>Ends when some wait; maybe also once more after they were taken.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken stop) => _some.Reader.ReadAsync(stop);

    /// <summary>Ends a wait though none wait: there is something else to do.</summary>
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
