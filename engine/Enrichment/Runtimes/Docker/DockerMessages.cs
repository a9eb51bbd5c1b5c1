using System.Text.Json.Serialization;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>The fields of the Docker Engine API (1.24 and later) that are read; any may be missing.</summary>
internal static class DockerMessages
{
    /// <summary>GET /version.</summary>
    public sealed record Version(
        [property: JsonPropertyName("Version")] string? Number,
        [property: JsonPropertyName("Components")] List<Component?>? Components);

    /// <summary>A part of the engine; podman names itself in the first.</summary>
    public sealed record Component([property: JsonPropertyName("Name")] string? Name);

    /// <summary>One of GET /containers/json.</summary>
    public sealed record Container(
        [property: JsonPropertyName("Id")] string? Id,
        [property: JsonPropertyName("Names")] List<string?>? Names,
        [property: JsonPropertyName("Image")] string? Image,
        [property: JsonPropertyName("Labels")] Dictionary<string, string?>? Labels,
        [property: JsonPropertyName("State")] string? State,
        [property: JsonPropertyName("NetworkSettings")] NetworkSettings? NetworkSettings);

    /// <summary>The networks that a container is in, by their names.</summary>
    public sealed record NetworkSettings([property: JsonPropertyName("Networks")] Dictionary<string, Network?>? Networks);

    /// <summary>A container's addresses in a network; empty where it has none.</summary>
    public sealed record Network(
        [property: JsonPropertyName("IPAddress")] string? Address,
        [property: JsonPropertyName("GlobalIPv6Address")] string? Address6);

    /// <summary>One of GET /events.</summary>
    public sealed record Event(
        [property: JsonPropertyName("Type")] string? Type,
        [property: JsonPropertyName("Action")] string? Action,
        [property: JsonPropertyName("Actor")] Actor? Actor,
        [property: JsonPropertyName("timeNano")] long UnixNanoseconds);

    /// <summary>Whom an event is of. The attributes are the labels, and name and image besides.</summary>
    public sealed record Actor(
        [property: JsonPropertyName("ID")] string? Id,
        [property: JsonPropertyName("Attributes")] Dictionary<string, string?>? Attributes);

    /// <summary>What comes with any status but 200.</summary>
    public sealed record Error([property: JsonPropertyName("message")] string? Message);
}
