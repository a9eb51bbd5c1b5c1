using NetMon.Enrichment.Pods;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes;

/// <summary>What an event of a runtime says. Immutable.</summary>
/// <param name="Container">The container or sandbox that was created or renamed; null if it says nothing of one.</param>
/// <param name="Pods">What it says of sandboxes.</param>
public sealed record RuntimeNews(ContainerIdentity? Container, PodNews Pods);
