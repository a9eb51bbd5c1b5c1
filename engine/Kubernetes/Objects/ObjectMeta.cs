using System.Text.Json;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Objects;

/// <summary>Of an object's metadata what is needed; used again for each object. One thread.</summary>
internal sealed class ObjectMeta
{
    /// <summary>Empty for objects that belong to the whole cluster.</summary>
    public TextField Namespace { get; } = new();

    /// <summary>The object's name; empty: it has none that is valid.</summary>
    public TextField Name { get; } = new();

    /// <summary>The version that a watch can go on from.</summary>
    public TextField Version { get; } = new();

    /// <summary>The label kubernetes.io/service-name.</summary>
    public TextField Service { get; } = new();

    /// <summary>The label topology.kubernetes.io/zone.</summary>
    public TextField Zone { get; } = new();

    /// <summary>Reads the metadata of the object at whose first token the reader stands, and moves it to the object's end.</summary>
    /// <exception cref="JsonException">The JSON is malformed or ends early; what came before that is read.</exception>
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
