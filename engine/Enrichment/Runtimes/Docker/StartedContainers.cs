using NetMon.Enrichment.Pods;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>Containers that have started, and whose addresses are to be read; what the list of all said of addresses. Any thread.</summary>
internal sealed class StartedContainers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _started = [];
    private PodNews _listed = PodNews.None;

    /// <summary>Whether any wait.</summary>
    public bool HasAny
    {
        get
        {
            lock (_gate)
            {
                return _started.Count > 0 || !_listed.IsEmpty;
            }
        }
    }

    /// <summary>One has started; one too many is left out.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="at">When, nanoseconds since 1970.</param>
    public void Add(string id, long at)
    {
        lock (_gate)
        {
            if (_started.Count < FoundContainers.Most)
            {
                _started[id] = at;
            }
        }
    }

    /// <summary>A list of all was taken.</summary>
    public void Listed(PodNews all)
    {
        lock (_gate)
        {
            _listed = all;
        }
    }

    /// <summary>What the list of all said, once.</summary>
    public PodNews TakeListed()
    {
        lock (_gate)
        {
            var listed = _listed;
            _listed = PodNews.None;
            return listed;
        }
    }

    /// <summary>Some of those that have started, and when.</summary>
    public Dictionary<string, long> Take(int most)
    {
        lock (_gate)
        {
            var taken = _started.Take(most).ToDictionary();
            foreach (var id in taken.Keys)
            {
                _started.Remove(id);
            }

            return taken;
        }
    }
}
