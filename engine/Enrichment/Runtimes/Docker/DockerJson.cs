using System.Text.Json.Serialization;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>Source-generated readers of <see cref="DockerMessages"/>, and the writer of filters.</summary>
[JsonSerializable(typeof(DockerMessages.Version))]
[JsonSerializable(typeof(DockerMessages.Container))]
[JsonSerializable(typeof(DockerMessages.Event))]
[JsonSerializable(typeof(DockerMessages.Error))]
[JsonSerializable(typeof(Dictionary<string, IReadOnlyCollection<string>>))]
internal sealed partial class DockerJson : JsonSerializerContext;
