using System.Text.Json.Serialization;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>The fields of the Docker Engine API (1.24 and later) that are used; any may be missing.</summary>
internal static class DockerMessages
{
    /// <summary>GET /version.</summary>
    public sealed record Version(
        [property: JsonPropertyName("Version")] string? Number,
        [property: JsonPropertyName("Components")] List<Component?>? Components);

    /// <summary>A component of the engine; podman identifies itself in the first.</summary>
    public sealed record Component([property: JsonPropertyName("Name")] string? Name);

    /// <summary>An element of GET /containers/json.</summary>
    public sealed record Container(
        [property: JsonPropertyName("Id")] string? Id,
        [property: JsonPropertyName("Names")] List<string?>? Names,
        [property: JsonPropertyName("Image")] string? Image,
        [property: JsonPropertyName("Labels")] Dictionary<string, string?>? Labels,
        [property: JsonPropertyName("State")] string? State,
        [property: JsonPropertyName("NetworkSettings")] NetworkSettings? NetworkSettings);

    /// <summary>The networks of a container, by name.</summary>
    public sealed record NetworkSettings([property: JsonPropertyName("Networks")] Dictionary<string, Network?>? Networks);

    /// <summary>A container's addresses in a network; empty if it has none.</summary>
    public sealed record Network(
        [property: JsonPropertyName("IPAddress")] string? Address,
        [property: JsonPropertyName("GlobalIPv6Address")] string? Address6);

    /// <summary>An element of GET /events.</summary>
    public sealed record Event(
        [property: JsonPropertyName("Type")] string? Type,
        [property: JsonPropertyName("Action")] string? Action,
        [property: JsonPropertyName("Actor")] Actor? Actor,
        [property: JsonPropertyName("timeNano")] long UnixNanoseconds);

    /// <summary>The object of an event. The attributes are its labels, and in addition name and image.</summary>
    public sealed record Actor(
        [property: JsonPropertyName("ID")] string? Id,
        [property: JsonPropertyName("Attributes")] Dictionary<string, string?>? Attributes);

    /// <summary>The body of any status but 200.</summary>
    public sealed record Error([property: JsonPropertyName("message")] string? Message);
}
