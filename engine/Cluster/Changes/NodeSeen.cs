using System.Net;

namespace NetMon.Cluster.Changes;

/// <summary>A node as it is now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Zone">Its zone; empty: not known.</param>
/// <param name="Addresses">Its own.</param>
/// <param name="Ranges">Those that its pods may have their addresses from.</param>
public sealed record NodeSeen(string Name, string Zone, IPAddress[] Addresses, IPNetwork[] Ranges) : ClusterChange;
