using NetMon.Enrichment.Pods;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>The content of a runtime's event. Immutable.</summary>
/// <param name="Container">The container or sandbox that was created or renamed; null if none was.</param>
/// <param name="Pods">Facts about sandboxes.</param>
public sealed record RuntimeNews(ContainerIdentity? Container, PodNews Pods);
