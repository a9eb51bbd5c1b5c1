using NetMon.Events;

namespace NetMon.Enrichment.Peers;

/// <summary>
/// Finds the other end of a connection by address and time. <see cref="Local"/> knows this node's pods exactly; <see cref="Cluster"/> has what the
/// Kubernetes API reports. Uncertain names are left out. Each of the two is written by one thread; one thread names events, without locks and, once a
/// peer has been named, without allocations.
/// </summary>
/// <param name="node">This node's name.</param>
/// <param name="time">The clock; null: the system's.</param>
public sealed class PeerTable(string node, TimeProvider? time = null)
{
    /// <summary>Identities of Services with an unknown endpoint. For the readers' thread.</summary>
    private LastPeer _ofNoAddress;

    /// <summary>This node's pods, by their sandboxes' addresses.</summary>
    public LocalPeers Local { get; } = new(node, time ?? TimeProvider.System);

    /// <summary>Nodes, Services and endpoints of the cluster.</summary>
    public ClusterPeers Cluster { get; } = new(node, time ?? TimeProvider.System);

    /// <summary>Whether no address is known.</summary>
    public bool IsEmpty => Local.Addresses.Count == 0 && Cluster.Addresses.Count == 0;

    /// <summary>
    /// Sets the peer of each event. False if waiting may bring one more: an address is unknown while the addresses of a pod are awaited.
    /// </summary>
    /// <param name="events">The events.</param>
    /// <param name="awaitedSince">The start of a pod with addresses that are not known yet, Unix nanoseconds; <see cref="long.MaxValue"/>: none.</param>
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

    /// <summary>Returns the peer of an event: the destination of an outbound connection, the source of an inbound one. Null if unknown.</summary>
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
            cluster = null; // the node's own knowledge is exact, and the API is late
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

    /// <summary>Whether the API's claim for an address of this node's pods is for the pod that has it, or for one after the last that the node knows.</summary>
    private static bool Agrees(AddressSpan here, AddressSpan? local, AddressSpan cluster) =>
        local is null ? cluster.Pod is not null && cluster.FromUnixNanoseconds > here.UntilUnixNanoseconds
        : local.Pod is { } known && cluster.Pod is { } claimed && known.IsSamePod(claimed);

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

    /// <summary>Returns when the connection began, a time at which it was certainly alive, and the end of a failed attempt.</summary>
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
