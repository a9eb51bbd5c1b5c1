using System.Collections.Concurrent;
using System.Threading.Channels;
using NetMon.Enrichment.Runtimes.Cri.Wire;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>What a runtime tells, and what it was asked.</summary>
internal sealed class CriScript
{
    public string Name { get; init; } = "containerd";

    public string Version { get; init; } = "1.6.20~ds1";

    public List<Container> Containers { get; } = [];

    public List<PodSandbox> Sandboxes { get; } = [];

    /// <summary>The status of sandboxes, by id; one that is not here is not found.</summary>
    public ConcurrentDictionary<string, PodSandboxStatus> Statuses { get; } = [];

    /// <summary>How often the status of a sandbox is still to fail, by id.</summary>
    public ConcurrentDictionary<string, int> Failing { get; } = [];

    /// <summary>containerd's own containers, by id, with their labels.</summary>
    public ConcurrentDictionary<string, (string Image, Dictionary<string, string> Labels)> Made { get; } = [];

    /// <summary>Each call by its name, with the id or ids that it asks for.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Null: GetContainerEvents is not implemented.</summary>
    public Channel<ContainerEventResponse>? CriEvents { get; init; }

    public Channel<Envelope> ContainerdEvents { get; } = Channel.CreateUnbounded<Envelope>();
}
