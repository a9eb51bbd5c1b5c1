using System.Net;

namespace NetMon.Enrichment.Peers;

/// <summary>
/// Addresses known from the Kubernetes API: nodes, Services and their endpoints. The content of the first list counts as valid at any earlier time; later
/// changes count from their arrival. One thread writes. Nodes must be listed first: an endpoint on an unknown node names no pod, because its address
/// may be the node's.
/// </summary>
public sealed class ClusterPeers
{
    /// <summary>Three times the addresses of a large cluster: 20,000 endpoints, 5,000 Services, some thousand nodes, each with IPv4 and IPv6.</summary>
    private const int Most = 131_072;

    private readonly string _node;
    private readonly Dictionary<(PeerObjectKind Kind, string Key), UInt128[]> _objects = [];
    private readonly Dictionary<string, NodeFacts> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ServiceFacts? Service, IReadOnlyList<EndpointFacts> Endpoints, IReadOnlyList<int>? Ports)> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<PeerObjectKind, HashSet<string>> _listing = [];
    private readonly HashSet<PeerObjectKind> _listed = [];
    private readonly NodePorts _nodePorts = new();
    private readonly NodeRanges _ranges = new();
    private readonly long[] _counts = new long[Enum.GetValues<PeerObjectKind>().Length];

    internal ClusterPeers(string node, TimeProvider time) => (_node, Addresses) = (node, new AddressBook(Most, time));

    /// <summary>Statistics of the table. Thread-safe.</summary>
    public PeerCounters Counters => Addresses.Counters;

    /// <summary>Returns the number of known objects of a kind. Thread-safe.</summary>
    public long CountOf(PeerObjectKind kind) => Volatile.Read(ref _counts[(int)kind]);

    internal AddressBook Addresses { get; }

    /// <summary>This node's zone; empty while unknown. Thread-safe.</summary>
    internal string Zone { get; private set; } = "";

    /// <summary>Begins a list of all objects of a kind: those not set before <see cref="EndList"/> are removed.</summary>
    public void BeginList(PeerObjectKind kind) => _listing[kind] = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Ends a complete list.</summary>
    public void EndList(PeerObjectKind kind)
    {
        if (_listing.Remove(kind, out var seen))
        {
            _listed.Add(kind);
            foreach (var (_, key) in _objects.Keys.Where(known => known.Kind == kind && !seen.Contains(known.Key)).ToList())
            {
                Remove(kind, key);
            }
        }
    }

    /// <summary>Sets the addresses of a node.</summary>
    /// <param name="name">The node.</param>
    /// <param name="addresses">Its own addresses.</param>
    /// <param name="zone">Its zone; empty if unknown.</param>
    /// <param name="ranges">The ranges of its pods' addresses; null: unknown.</param>
    public void SetNode(string name, IReadOnlyList<IPAddress> addresses, string zone, IReadOnlyList<IPNetwork>? ranges = null)
    {
        var node = new NodeFacts(name, zone);
        var isNew = _nodes.TryAdd(name, node);
        _nodes[name] = node;
        if (name == _node)
        {
            Zone = zone;
        }

        _ranges.Set(node, ranges ?? [], isNamed: name != _node, _listed.Contains(PeerObjectKind.Node) ? Addresses.Now : long.MinValue);
        Set(PeerObjectKind.Node, name, addresses.Select(address => (address, Claim(PeerObjectKind.Node, name) with { Node = node })));
        if (isNew)
        {
            foreach (var (key, (service, endpoints, ports)) in _waiting.ToList())
            {
                SetEndpoints(key, service, endpoints, ports);
            }
        }
    }

    /// <summary>Sets the addresses and ports of a Service.</summary>
    /// <param name="key">namespace/name.</param>
    /// <param name="service">The Service.</param>
    /// <param name="addresses">Its own addresses: cluster, external and load balancers'; none for a headless Service.</param>
    /// <param name="ports">Its ports at these addresses.</param>
    /// <param name="nodePorts">Its ports at nodes' addresses.</param>
    public void SetService(string key, ServiceFacts service, IReadOnlyList<IPAddress> addresses, IReadOnlyList<int> ports, IReadOnlyList<int> nodePorts)
    {
        var claim = Claim(PeerObjectKind.Service, key) with { Service = service, Ports = [.. ports] };
        Set(PeerObjectKind.Service, key, addresses.Select(address => (address, claim)));
        _nodePorts.Set(key, service, nodePorts);
    }

    /// <summary>Sets the endpoints of an EndpointSlice.</summary>
    /// <param name="key">namespace/name of the slice.</param>
    /// <param name="service">The Service; null if the slice names none.</param>
    /// <param name="endpoints">All of them.</param>
    /// <param name="ports">The endpoints' ports; null if unknown.</param>
    public void SetEndpoints(string key, ServiceFacts? service, IReadOnlyList<EndpointFacts> endpoints, IReadOnlyList<int>? ports = null)
    {
        var claim = Claim(PeerObjectKind.EndpointSlice, key) with { Service = service, Ports = [.. ports ?? []] };
        var isWaiting = endpoints.Any(endpoint => endpoint.PodName.Length > 0 && !_nodes.ContainsKey(endpoint.Node));
        Set(PeerObjectKind.EndpointSlice, key, endpoints.Select(endpoint => (endpoint.Address, claim with { Pod = PodOf(endpoint) })));
        _ranges.Observe(key, endpoints.Where(IsPodOfItsOwn).Select(endpoint => (KeyOf(endpoint.Address), endpoint.Node)));
        if (isWaiting)
        {
            _waiting[key] = (service, endpoints, ports);
        }
        else
        {
            _waiting.Remove(key);
        }
    }

    /// <summary>Removes an object.</summary>
    public void Remove(PeerObjectKind kind, string key)
    {
        if (_objects.Remove((kind, key), out var addresses))
        {
            Volatile.Write(ref _counts[(int)kind], _counts[(int)kind] - 1);
            End((kind, key), addresses);
        }

        switch (kind)
        {
            case PeerObjectKind.Node:
                _nodes.Remove(key);
                _ranges.Remove(key);
                break;
            case PeerObjectKind.Service:
                _nodePorts.Remove(key);
                break;
            default:
                _waiting.Remove(key);
                _ranges.Forget(key);
                break;
        }
    }

    /// <summary>Returns the Service that has a port on every node; null if there is none. Thread-safe.</summary>
    internal ServiceFacts? ByNodePort(int port) => _nodePorts.At(port);

    /// <summary>Returns the range of a node's pods that contains an address; null if there is none. Thread-safe.</summary>
    internal NodeRange? RangeOf(UInt128 address, long began) => _ranges.At(address, began);

    private static UInt128 KeyOf(IPAddress address) => PeerAddress.TryOf(address, out var key) ? key : default;

    /// <summary>Whether an endpoint is a pod that does not have its node's address.</summary>
    private bool IsPodOfItsOwn(EndpointFacts endpoint) =>
        endpoint.PodName.Length > 0 && !(Addresses.TryGet(KeyOf(endpoint.Address), out var span) && Array.Exists(span.Claims, claim => claim.IsOpen && claim.Node is not null));

    private PodFacts? PodOf(EndpointFacts endpoint) =>
        endpoint.PodName.Length == 0 || !_nodes.TryGetValue(endpoint.Node, out var node) ? null
        : new PodFacts(endpoint.PodName, endpoint.PodNamespace, "", node.Name, endpoint.Zone.Length > 0 ? endpoint.Zone : node.Zone);

    private AddressClaim Claim(PeerObjectKind kind, string key) =>
        new((kind, key), null, null, null, _listed.Contains(kind) ? Addresses.Now : long.MinValue);

    private void Set(PeerObjectKind kind, string key, IEnumerable<(IPAddress Address, AddressClaim Claim)> claims)
    {
        if (_listing.TryGetValue(kind, out var seen))
        {
            seen.Add(key);
        }

        if (!_objects.TryGetValue((kind, key), out var before))
        {
            before = [];
            Volatile.Write(ref _counts[(int)kind], _counts[(int)kind] + 1);
        }

        List<UInt128> now = [];
        foreach (var (address, claim) in claims)
        {
            if (PeerAddress.TryOf(address, out var at))
            {
                now.Add(at);
                Addresses.Renew(at, claim);
            }
        }

        _objects[(kind, key)] = [.. now];
        End((kind, key), before.Except(now));
    }

    private void End(object source, IEnumerable<UInt128> addresses)
    {
        var until = Addresses.Now;
        foreach (var address in addresses)
        {
            Addresses.End(address, source, until);
        }
    }
}
