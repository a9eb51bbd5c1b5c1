using NetMon.Events;

namespace NetMon.Enrichment.Peers;

/// <summary>
/// Who is at the other end of a connection, by address and time. <see cref="Local"/> knows this node's pods exactly; <see cref="Cluster"/>
/// has what the Kubernetes API says. A name that is not certain is left out. Each of the two is written by one thread; one thread names
/// events, without a lock and, once a peer was named, without allocation.
/// </summary>
/// <param name="node">This node's name.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class PeerTable(string node, TimeProvider? time = null)
{
    /// <summary>Identities of Services whose endpoint nobody knows. The readers' thread.</summary>
    private LastPeer _ofNoAddress;

    /// <summary>This node's pods, by their sandboxes' addresses.</summary>
    public LocalPeers Local { get; } = new(node, time ?? TimeProvider.System);

    /// <summary>Nodes, Services and endpoints of the cluster.</summary>
    public ClusterPeers Cluster { get; } = new(node, time ?? TimeProvider.System);

    /// <summary>Whether nothing is known at all.</summary>
    public bool IsEmpty => Local.Addresses.Count == 0 && Cluster.Addresses.Count == 0;

    /// <summary>
    /// Puts its peer into each event. False when waiting may bring one more: an address of nobody that is known, while a pod is awaited.
    /// </summary>
    /// <param name="events">The events.</param>
    /// <param name="awaitedSince">Since when a pod is awaited whose addresses are not known, Unix nanoseconds; <see cref="long.MaxValue"/>: none is.</param>
    public bool Name(Span<ConnectionEvent> events, long awaitedSince)
    {
        if (IsEmpty && awaitedSince == long.MaxValue)
        {
            return true;
        }

        var settled = true;
        foreach (ref var e in events)
        {
            e.Peer = Of(in e);
            settled &= e.Peer is not null || e.UnixNanoseconds < awaitedSince || !PeerAddress.IsPrivate(in AddressOf(in e.Record));
        }

        return settled;
    }

    /// <summary>The peer of an event's connection: of an outbound one the destination, of an inbound one the source. Null where nothing is known.</summary>
    public PeerIdentity? Of(in ConnectionEvent e)
    {
        ref readonly var record = ref e.Record;
        var isInbound = record.Direction == Direction.Inbound;
        var address = PeerAddress.Of(in AddressOf(in record));
        var port = isInbound ? 0 : record.DestinationPort;
        var times = TimesOf(in e);

        var local = Local.Addresses.TryGet(address, out var here) ? here.At(times.Began, times.Alive, times.Until) : null;
        var cluster = Cluster.Addresses.TryGet(address, out var there) ? there.At(times.Began, times.Alive, times.Until) : null;
        if (here is not null && cluster is { Node: null } && !Agrees(here, local, cluster))
        {
            cluster = null; // what the node itself knows is exact, and the API is late
        }

        ServiceFacts? service;
        if (!isInbound && (record.Flags & RecordFlags.Dialed) != 0)
        {
            service = ServiceOf(PeerAddress.Of(in record.DialedAddress), record.DialedPort, times.Began);
        }
        else
        {
            service = cluster is null ? null : cluster.ServiceAt(port) ?? (cluster.Node is not null && !isInbound ? Cluster.ByNodePort(port) : null);
        }

        return IdentityOf(local, cluster, service) ?? Cluster.RangeOf(address, times.Began)?.IdentityOf(service: null);
    }

    /// <summary>Whether the API's word on an address of this node's pods is of the pod that has it, or of one after the last that the node knows.</summary>
    private static bool Agrees(AddressSpan here, AddressSpan? local, AddressSpan cluster) =>
        local is null ? cluster.Pod is not null && cluster.FromUnixNanoseconds > here.UntilUnixNanoseconds
        : local.Pod is { } known && cluster.Pod is { } told && known.IsSamePod(told);

    private static ref readonly InlineBytes16 AddressOf(in ConnectionRecord record) =>
        ref record.Direction == Direction.Inbound ? ref record.SourceAddress : ref record.DestinationAddress;

    private PeerIdentity? IdentityOf(AddressSpan? local, AddressSpan? cluster, ServiceFacts? service)
    {
        var node = cluster?.Node;
        var pod = node is not null ? null : local is not null ? local.Pod : cluster?.Pod;
        if (pod is null && node is null && service is null)
        {
            return null;
        }

        return local is not null ? local.IdentityOf(pod, node, cluster, service, Cluster.Zone)
            : cluster is not null ? cluster.IdentityOf(pod, node, other: null, service, zone: "")
            : _ofNoAddress.Of(pod, node, other: null, service, zone: "");
    }

    private ServiceFacts? ServiceOf(UInt128 address, int port, long began)
    {
        if (!Cluster.Addresses.TryGet(address, out var dialed) || dialed.At(began, alive: began, until: began) is not { } span)
        {
            return null;
        }

        return span.Node is null ? span.ServiceAt(port) : Cluster.ByNodePort(port);
    }

    /// <summary>When the connection began, a moment at which it was certainly alive, and until when an attempt that failed went on.</summary>
    private static (long Began, long Alive, long Until) TimesOf(in ConnectionEvent e)
    {
        ref readonly var record = ref e.Record;
        var now = e.UnixNanoseconds;
        switch (record.Kind)
        {
            case RecordKind.Flow:
                var flowed = now - (long)record.DurationNanoseconds;
                return (flowed, now, flowed);
            case RecordKind.Close:
                var began = now - (long)record.DurationNanoseconds;
                return (began, record.CloseReason is CloseReason.FinLocal or CloseReason.FinRemote ? now : began, began);
            case RecordKind.Accept:
                var shaken = now - (long)record.LatencyNanoseconds;
                return (shaken, shaken, shaken);
            default:
                var called = record.Error == 0 ? now : now - (long)record.LatencyNanoseconds;
                return (called, called, now);
        }
    }
}
