using System.Text.Json;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Objects;

/// <summary>The relevant metadata of an object; reused for each object. Not thread-safe.</summary>
internal sealed class ObjectMeta
{
    /// <summary>The namespace; empty for cluster-scoped objects.</summary>
    public TextField Namespace { get; } = new();

    /// <summary>The object's name; empty: missing or invalid.</summary>
    public TextField Name { get; } = new();

    /// <summary>The version from which a watch can continue.</summary>
    public TextField Version { get; } = new();

    /// <summary>The label kubernetes.io/service-name.</summary>
    public TextField Service { get; } = new();

    /// <summary>The label topology.kubernetes.io/zone.</summary>
    public TextField Zone { get; } = new();

    /// <summary>Reads the metadata of an object; the reader must be at its first token, and is advanced to its end.</summary>
    /// <exception cref="JsonException">The JSON is malformed or incomplete; what precedes the error has been read.</exception>
    public void ReadFrom(ref Utf8JsonReader reader)
    {
        foreach (var field in (ReadOnlySpan<TextField>)[Namespace, Name, Version, Service, Zone])
        {
            field.Clear();
        }

        if (!JsonWalk.IsObject(ref reader))
        {
            return;
        }

        while (JsonWalk.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                JsonWalk.Read(ref reader);
                ReadFields(ref reader);
            }
            else
            {
                JsonWalk.Skip(ref reader);
            }
        }
    }

    private void ReadFields(ref Utf8JsonReader reader)
    {
        if (!JsonWalk.IsObject(ref reader))
        {
            return;
        }

        while (JsonWalk.NextProperty(ref reader))
        {
            var field = reader.ValueTextEquals("name"u8) ? Name : reader.ValueTextEquals("namespace"u8) ? Namespace : reader.ValueTextEquals("resourceVersion"u8) ? Version : null;
            if (field is not null)
            {
                JsonWalk.Read(ref reader);
                field.SetName(ref reader);
                JsonWalk.Skip(ref reader);
            }
            else if (reader.ValueTextEquals("labels"u8))
            {
                JsonWalk.Read(ref reader);
                ReadLabels(ref reader);
            }
            else
            {
                JsonWalk.Skip(ref reader);
            }
        }
    }

    private void ReadLabels(ref Utf8JsonReader reader)
    {
        if (!JsonWalk.IsObject(ref reader))
        {
            return;
        }

        while (JsonWalk.NextProperty(ref reader))
        {
            var field = reader.ValueTextEquals("kubernetes.io/service-name"u8) ? Service : reader.ValueTextEquals("topology.kubernetes.io/zone"u8) ? Zone : null;
            JsonWalk.Read(ref reader);
            field?.SetName(ref reader);
            JsonWalk.Skip(ref reader);
        }
    }
}
