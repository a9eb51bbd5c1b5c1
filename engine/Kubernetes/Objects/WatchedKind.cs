using System.Text.Json;
using NetMon.Cluster;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Objects;

/// <summary>A kind of objects: where to watch it, and how to write its objects as lines of <see cref="FactProtocol"/>. Not thread-safe.</summary>
internal abstract class WatchedKind(ClusterKind kind, string group, string resource, string path)
{
    /// <summary>The kind.</summary>
    public ClusterKind Kind => kind;

    /// <summary>The API group, as in RBAC rules; "" for the core group.</summary>
    public string Group => group;

    /// <summary>The resource, as in RBAC rules.</summary>
    public string Resource => resource;

    /// <summary>The path that lists it in all namespaces.</summary>
    public string Path => path;

    /// <summary>The metadata of the last object read.</summary>
    public ObjectMeta Meta { get; } = new();

    /// <summary>Writes the lines of an object; false if it is malformed, in which case nothing was written.</summary>
    public bool TryWrite(ReadOnlySpan<byte> json, FactWriter lines)
    {
        var before = lines.Length;
        try
        {
            var reader = new Utf8JsonReader(json);
            JsonWalk.Read(ref reader);
            Meta.ReadFrom(ref reader);
            if (!IsNamed)
            {
                return false;
            }

            reader = new Utf8JsonReader(json);
            JsonWalk.Read(ref reader);
            WriteFacts(ref reader, lines);
            lines.Line(FactProtocol.Done).Over();
            return true;
        }
        catch (Exception e) when (JsonWalk.IsMalformed(e))
        {
            lines.CutTo(before);
            return false;
        }
    }

    /// <summary>Reads only the metadata; of a truncated object, what is available.</summary>
    public void ReadMeta(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
            JsonWalk.Read(ref reader);
            Meta.ReadFrom(ref reader);
        }
        catch (Exception e) when (JsonWalk.IsMalformed(e))
        {
            // What precedes the error has been read.
        }
    }

    /// <summary>Writes that an object was deleted; false if it has no name. The start of a truncated object suffices.</summary>
    public bool TryWriteRemoval(ReadOnlySpan<byte> json, FactWriter lines)
    {
        ReadMeta(json);
        if (!IsNamed)
        {
            return false;
        }

        lines.Line(FactProtocol.Remove).Word(FactProtocol.WordOf(kind)).Word(Meta.Namespace.Bytes).Word(Meta.Name.Bytes).Over();
        return true;
    }

    /// <summary>Writes the first line and the facts of the object; the reader is at its first token, and <see cref="Meta"/> has been read.</summary>
    /// <exception cref="JsonException">The JSON is malformed.</exception>
    protected abstract void WriteFacts(ref Utf8JsonReader reader, FactWriter lines);

    private bool IsNamed => !Meta.Name.IsEmpty && Meta.Namespace.IsEmpty == (kind == ClusterKind.Nodes);
}
