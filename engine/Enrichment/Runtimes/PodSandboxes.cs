using NetMon.Enrichment.Workloads;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// The sandboxes of a connection: what their containers are part of, and whose addresses are still to be read. Bounded; the oldest is
/// forgotten. Any thread.
/// </summary>
/// <param name="naming">How pods become workloads.</param>
internal sealed class PodSandboxes(PodNaming naming)
{
    /// <summary>How often the addresses of one sandbox are read at most.</summary>
    public const int MostTries = 8;

    /// <summary>Sandboxes kept.</summary>
    public const int Most = FoundContainers.Most;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PodFacts> _byId = [];
    private readonly Dictionary<string, string> _idOfUid = [];
    private readonly Queue<string> _order = new();
    private readonly Queue<string> _unread = new();
    private readonly HashSet<string> _asked = [];
    private readonly Dictionary<string, int> _failed = []; // how often
    private readonly List<string> _retry = [];
    private HashSet<string>? _ready;

    /// <summary>How pods become workloads.</summary>
    public PodNaming Naming => naming;

    /// <summary>Whether a sandbox's addresses are to be read, or a list of all was taken that is to be reported.</summary>
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

    /// <summary>Whether a sandbox's addresses could not be read and are to be tried again.</summary>
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

    /// <summary>Keeps what the labels of a sandbox say.</summary>
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

    /// <summary>What is known of a sandbox; null if it is not known.</summary>
    public PodFacts? Of(string id)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>The sandbox of a container by its id, or else by the pod's uid; empty where it is not known.</summary>
    public string IdOf(string sandboxId, string podUid)
    {
        lock (_gate)
        {
            return _byId.ContainsKey(sandboxId) ? sandboxId : _idOfUid.GetValueOrDefault(podUid, "");
        }
    }

    /// <summary>A container with the facts of its sandbox, or with a guess where the sandbox is not known.</summary>
    public ContainerIdentity Join(ContainerIdentity container, string sandboxId) =>
        Of(IdOf(sandboxId, container.PodUid))?.Give(container) ?? naming.Guess(container);

    /// <summary>Wants a sandbox's addresses, once.</summary>
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

    /// <summary>A sandbox's addresses are known: they need not be read.</summary>
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

    /// <summary>The next ids whose addresses are to be read.</summary>
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

    /// <summary>A sandbox's addresses could not be read, for a reason that may pass; after <see cref="MostTries"/> it is left at that.</summary>
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

    /// <summary>Has what failed read again.</summary>
    public void Retry()
    {
        lock (_gate)
        {
            _retry.ForEach(_unread.Enqueue);
            _retry.Clear();
        }
    }

    /// <summary>A list of all was taken: these are ready.</summary>
    public void AllReady(HashSet<string> ready)
    {
        lock (_gate)
        {
            _ready = ready;
        }
    }

    /// <summary>The sandboxes that were ready when all were listed; null if that was taken, or all were not listed.</summary>
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
