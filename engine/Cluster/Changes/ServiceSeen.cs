using System.Net;

namespace NetMon.Cluster.Changes;

/// <summary>The current state of a Service.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Addresses">The addresses at which it serves each of its ports; empty for a headless Service.</param>
/// <param name="Ports">Its TCP ports.</param>
public sealed record ServiceSeen(string Namespace, string Name, IPAddress[] Addresses, ServicePort[] Ports) : ClusterChange;
