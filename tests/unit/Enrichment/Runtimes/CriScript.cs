using System.Collections.Concurrent;
using System.Threading.Channels;
using NetMon.Enrichment.Runtimes.Cri.Wire;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>The answers of a runtime, and the calls that it received.</summary>
internal sealed class CriScript
{
    public string Name { get; init; } = "containerd";

    public string Version { get; init; } = "1.6.20~ds1";

    public List<Container> Containers { get; } = [];

    public List<PodSandbox> Sandboxes { get; } = [];

    /// <summary>The status of each sandbox by id; other ids are not found.</summary>
    public ConcurrentDictionary<string, PodSandboxStatus> Statuses { get; } = [];

    /// <summary>How many more status calls fail, by sandbox id.</summary>
    public ConcurrentDictionary<string, int> Failing { get; } = [];

    /// <summary>containerd's own containers, by id, with their labels.</summary>
    public ConcurrentDictionary<string, (string Image, Dictionary<string, string> Labels)> Made { get; } = [];

    /// <summary>Each call by name, with the requested ids.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Null: GetContainerEvents is not implemented.</summary>
    public Channel<ContainerEventResponse>? CriEvents { get; init; }

    public Channel<Envelope> ContainerdEvents { get; } = Channel.CreateUnbounded<Envelope>();
}
