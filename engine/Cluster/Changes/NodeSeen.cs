using System.Net;

namespace NetMon.Cluster.Changes;

/// <summary>The current state of a node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Zone">Its zone; empty: unknown.</param>
/// <param name="Addresses">Its own addresses.</param>
/// <param name="Ranges">The ranges from which its pods' addresses may be assigned.</param>
public sealed record NodeSeen(string Name, string Zone, IPAddress[] Addresses, IPNetwork[] Ranges) : ClusterChange;
