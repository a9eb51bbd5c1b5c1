using System.Text.Json;
using NetMon.Cluster;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Objects;

/// <summary>One kind of objects: where it is watched, and which lines of <see cref="FactProtocol"/> its objects become. One thread.</summary>
internal abstract class WatchedKind(ClusterKind kind, string group, string resource, string path)
{
    /// <summary>The kind.</summary>
    public ClusterKind Kind => kind;

    /// <summary>The API group as RBAC rules name it; "" for the core group.</summary>
    public string Group => group;

    /// <summary>The resource as RBAC rules name it.</summary>
    public string Resource => resource;

    /// <summary>The path that lists it in all namespaces.</summary>
    public string Path => path;

    /// <summary>Of the object that was read last.</summary>
    public ObjectMeta Meta { get; } = new();

    /// <summary>Writes the lines of an object; false: it is malformed, and nothing was written.</summary>
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

    /// <summary>Reads the metadata alone; of an object that was cut what is there.</summary>
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
            // What came before that is read.
        }
    }

    /// <summary>Writes that an object is gone; false: it has no name. Of an object that was cut the beginning is enough.</summary>
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

    /// <summary>Writes the first line and the facts of the object on whose first token the reader stands; <see cref="Meta"/> is read.</summary>
    /// <exception cref="JsonException">The JSON is malformed.</exception>
    protected abstract void WriteFacts(ref Utf8JsonReader reader, FactWriter lines);

    private bool IsNamed => !Meta.Name.IsEmpty && Meta.Namespace.IsEmpty == (kind == ClusterKind.Nodes);
}
