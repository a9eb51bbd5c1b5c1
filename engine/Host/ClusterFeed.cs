using NetMon.Cluster;
using NetMon.Cluster.Changes;
using NetMon.Enrichment.Peers;

namespace NetMon.Host;

/// <summary>Applies the changes that netmon-kubernetes reports to the table of peers. Runs on one thread, the table's only writer.</summary>
/// <param name="peers">The table.</param>
/// <param name="afterList">Called after each whole list, for example to give back the memory that the list took.</param>
internal sealed class ClusterFeed(ClusterPeers peers, Action? afterList = null)
{
    /// <summary>Applies a change.</summary>
    public void Take(ClusterChange change)
    {
        switch (change)
        {
            case ListBegins begins:
                peers.BeginList(KindOf(begins.Kind));
                break;
            case ListEnds ends:
                peers.EndList(KindOf(ends.Kind));
                afterList?.Invoke();
                break;
            case ServiceSeen service:
                peers.SetService(
                    $"{service.Namespace}/{service.Name}", new ServiceFacts(service.Name, service.Namespace), service.Addresses,
                    [.. service.Ports.Select(port => (int)port.Number)], [.. service.Ports.Where(port => port.NodePort > 0).Select(port => (int)port.NodePort)]);
                break;
            case SliceSeen slice:
                peers.SetEndpoints(
                    $"{slice.Namespace}/{slice.Name}", slice.Service.Length > 0 ? new ServiceFacts(slice.Service, slice.Namespace) : null,
                    [.. slice.Endpoints.Select(endpoint => new EndpointFacts(endpoint.Address, endpoint.Pod, slice.Namespace, endpoint.Node, endpoint.Zone))],
                    [.. slice.Ports.Select(port => (int)port)]);
                break;
            case NodeSeen node:
                peers.SetNode(node.Name, node.Addresses, node.Zone, node.Ranges);
                break;
            case ObjectGone gone:
                peers.Remove(KindOf(gone.Kind), gone.Kind == ClusterKind.Nodes ? gone.Name : $"{gone.Namespace}/{gone.Name}");
                break;
        }
    }

    /// <summary>Converts a kind.</summary>
    public static PeerObjectKind KindOf(ClusterKind kind) => kind switch
    {
        ClusterKind.Services => PeerObjectKind.Service,
        ClusterKind.Slices => PeerObjectKind.EndpointSlice,
        _ => PeerObjectKind.Node,
    };
}
