using NetMon.Enrichment.Pods;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>Started containers with addresses to be read, and the addresses from the complete list. Thread-safe.</summary>
internal sealed class StartedContainers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _started = [];
    private PodNews _listed = PodNews.None;

    /// <summary>Whether there are any.</summary>
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

    /// <summary>Adds a started container; ignored if there are too many.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="at">When it was started, Unix nanoseconds.</param>
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

    /// <summary>Sets the addresses from a complete list.</summary>
    public void Listed(PodNews all)
    {
        lock (_gate)
        {
            _listed = all;
        }
    }

    /// <summary>Takes the addresses from the complete list, once.</summary>
    public PodNews TakeListed()
    {
        lock (_gate)
        {
            var listed = _listed;
            _listed = PodNews.None;
            return listed;
        }
    }

    /// <summary>Takes some started containers with their start times.</summary>
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
