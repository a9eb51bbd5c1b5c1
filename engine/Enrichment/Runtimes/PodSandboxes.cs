using NetMon.Enrichment.Workloads;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// The sandboxes of a connection: the workloads of their containers, and which addresses are still to be read. Bounded; the oldest is evicted.
/// Thread-safe.
/// </summary>
/// <param name="naming">Determines workloads of pods.</param>
internal sealed class PodSandboxes(PodNaming naming)
{
    /// <summary>The maximum number of attempts to read the addresses of a sandbox.</summary>
    public const int MostTries = 8;

    /// <summary>The maximum number of sandboxes.</summary>
    public const int Most = FoundContainers.Most;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PodFacts> _byId = [];
    private readonly Dictionary<string, string> _idOfUid = [];
    private readonly Queue<string> _order = new();
    private readonly Queue<string> _unread = new();
    private readonly HashSet<string> _asked = [];
    private readonly Dictionary<string, int> _failed = []; // number of failures
    private readonly List<string> _retry = [];
    private HashSet<string>? _ready;

    /// <summary>Determines workloads of pods.</summary>
    public PodNaming Naming => naming;

    /// <summary>Whether addresses of a sandbox must be read, or a complete list must be reported.</summary>
    public bool HasUnread
    {
        get
        {
            lock (_gate)
            {
                return _unread.Count > 0 || _ready is not null;
            }
        }
    }

    /// <summary>Whether addresses of a sandbox could not be read and are to be retried.</summary>
    public bool HasFailed
    {
        get
        {
            lock (_gate)
            {
                return _retry.Count > 0;
            }
        }
    }

    /// <summary>Stores the facts from the labels of a sandbox.</summary>
    public void Add(string id, PodFacts facts)
    {
        lock (_gate)
        {
            if (id.Length == 0 || !_byId.TryAdd(id, facts))
            {
                return;
            }

            if (facts.Pod.Uid.Length > 0)
            {
                _idOfUid[facts.Pod.Uid] = id;
            }

            _order.Enqueue(id);
            if (_order.Count > Most)
            {
                Forget(_order.Dequeue());
            }
        }
    }

    /// <summary>Returns what is known of a sandbox; null if unknown.</summary>
    public PodFacts? Of(string id)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>Returns the sandbox of a container by its id, or else by the pod's uid; empty if unknown.</summary>
    public string IdOf(string sandboxId, string podUid)
    {
        lock (_gate)
        {
            return _byId.ContainsKey(sandboxId) ? sandboxId : _idOfUid.GetValueOrDefault(podUid, "");
        }
    }

    /// <summary>Returns a container with the facts of its sandbox, or with a guess if the sandbox is unknown.</summary>
    public ContainerIdentity Join(ContainerIdentity container, string sandboxId) =>
        Of(IdOf(sandboxId, container.PodUid))?.Give(container) ?? naming.Guess(container);

    /// <summary>Requests a sandbox's addresses, once.</summary>
    public void WantAddresses(string id)
    {
        lock (_gate)
        {
            if (_byId.ContainsKey(id) && _unread.Count < Most && _asked.Add(id))
            {
                _unread.Enqueue(id);
            }
        }
    }

    /// <summary>Whether a sandbox's addresses are known, or are about to be read.</summary>
    public bool HasAddresses(string id)
    {
        lock (_gate)
        {
            return _asked.Contains(id);
        }
    }

    /// <summary>Records that a sandbox's addresses are known and need not be read.</summary>
    public void AddressesKnown(string id)
    {
        lock (_gate)
        {
            if (_byId.ContainsKey(id))
            {
                _asked.Add(id);
            }
        }
    }

    /// <summary>Takes the next ids with addresses to be read.</summary>
    public IReadOnlyList<string> TakeUnread(int most)
    {
        lock (_gate)
        {
            List<string> taken = [];
            while (taken.Count < most && _unread.TryDequeue(out var id))
            {
                taken.Add(id);
            }

            return taken;
        }
    }

    /// <summary>Records that a sandbox's addresses could not be read for a possibly temporary reason; gives up after <see cref="MostTries"/>.</summary>
    public void AddressesFailed(string id)
    {
        lock (_gate)
        {
            if (_byId.ContainsKey(id) && (_failed[id] = _failed.GetValueOrDefault(id) + 1) < MostTries)
            {
                _retry.Add(id);
            }
        }
    }

    /// <summary>Queues failed ones again.</summary>
    public void Retry()
    {
        lock (_gate)
        {
            _retry.ForEach(_unread.Enqueue);
            _retry.Clear();
        }
    }

    /// <summary>Records the ready sandboxes of a complete list.</summary>
    public void AllReady(HashSet<string> ready)
    {
        lock (_gate)
        {
            _ready = ready;
        }
    }

    /// <summary>Takes the ready sandboxes of the last complete list; null if they were already taken or no list exists.</summary>
    public IReadOnlySet<string>? TakeReady()
    {
        lock (_gate)
        {
            var ready = _ready;
            _ready = null;
            return ready;
        }
    }

    private void Forget(string id)
    {
        if (_byId.Remove(id, out var facts) && _idOfUid.GetValueOrDefault(facts.Pod.Uid) == id)
        {
            _idOfUid.Remove(facts.Pod.Uid);
        }

        _asked.Remove(id);
        _failed.Remove(id);
        _retry.Remove(id);
    }
}
