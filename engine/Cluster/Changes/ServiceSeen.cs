using System.Net;

namespace NetMon.Cluster.Changes;

/// <summary>A Service as it is now.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Addresses">At which each of its ports answers; none of a headless Service.</param>
/// <param name="Ports">Its TCP ports.</param>
public sealed record ServiceSeen(string Namespace, string Name, IPAddress[] Addresses, ServicePort[] Ports) : ClusterChange;
