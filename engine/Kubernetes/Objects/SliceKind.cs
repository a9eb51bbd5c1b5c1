using System.Text.Json;
using NetMon.Cluster;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Objects;

/// <summary>EndpointSlices: addresses with their pods, nodes and zones, and TCP ports. Includes endpoints that are not ready, which have their addresses as well.</summary>
internal sealed class SliceKind() : WatchedKind(ClusterKind.Slices, "discovery.k8s.io", "endpointslices", "/apis/discovery.k8s.io/v1/endpointslices")
{
    private readonly TextField _address = new();
    private readonly TextField _pod = new();
    private readonly TextField _node = new();
    private readonly TextField _zone = new();
    private readonly TextField _targetNamespace = new();

    protected override void WriteFacts(ref Utf8JsonReader reader, FactWriter lines)
    {
        lines.Line(FactProtocol.Slice).Word(Meta.Namespace.Bytes).Word(Meta.Name.Bytes).Word(Meta.Service.Bytes).Over();
        while (JsonWalk.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("endpoints"u8))
            {
                JsonWalk.Read(ref reader);
                WriteEndpoints(ref reader, lines);
            }
            else if (reader.ValueTextEquals("ports"u8))
            {
                JsonWalk.Read(ref reader);
                PortList.Write(ref reader, lines);
            }
            else
            {
                JsonWalk.Skip(ref reader);
            }
        }
    }

    private void WriteEndpoints(ref Utf8JsonReader reader, FactWriter lines)
    {
        if (!JsonWalk.IsArray(ref reader))
        {
            return;
        }

        while (JsonWalk.NextElement(ref reader))
        {
            if (JsonWalk.IsObject(ref reader))
            {
                WriteEndpoint(ref reader, lines);
            }
        }
    }

    // Properties are unordered, so the addresses are read last, from a copy of the reader.
    private void WriteEndpoint(ref Utf8JsonReader reader, FactWriter lines)
    {
        _pod.Clear();
        _node.Clear();
        _zone.Clear();
        Utf8JsonReader addresses = default;
        var hasAddresses = false;
        while (JsonWalk.NextProperty(ref reader))
        {
            var field = reader.ValueTextEquals("nodeName"u8) ? _node : reader.ValueTextEquals("zone"u8) ? _zone : null;
            var (isTarget, isAddresses) = (reader.ValueTextEquals("targetRef"u8), reader.ValueTextEquals("addresses"u8));
            JsonWalk.Read(ref reader);
            if (isTarget)
            {
                ReadTarget(ref reader);
                continue;
            }

            if (isAddresses)
            {
                addresses = reader;
                hasAddresses = true;
            }

            field?.SetName(ref reader);
            JsonWalk.Skip(ref reader);
        }

        if (!hasAddresses || !JsonWalk.IsArray(ref addresses))
        {
            return;
        }

        while (JsonWalk.NextElement(ref addresses))
        {
            _address.SetAddress(ref addresses);
            if (!_address.IsEmpty)
            {
                lines.Line(FactProtocol.Endpoint).Word(_address.Bytes).Word(_pod.Bytes).Word(_node.Bytes).Word(_zone.Bytes).Over();
            }

            JsonWalk.Skip(ref addresses);
        }
    }

    /// <summary>Reads the pod of the endpoint, if it is a pod in the slice's namespace.</summary>
    private void ReadTarget(ref Utf8JsonReader reader)
    {
        if (!JsonWalk.IsObject(ref reader))
        {
            return;
        }

        _targetNamespace.Clear();
        var isPod = false;
        while (JsonWalk.NextProperty(ref reader))
        {
            var field = reader.ValueTextEquals("name"u8) ? _pod : reader.ValueTextEquals("namespace"u8) ? _targetNamespace : null;
            var isKind = reader.ValueTextEquals("kind"u8);
            JsonWalk.Read(ref reader);
            isPod |= isKind && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("Pod"u8);
            field?.SetName(ref reader);
            JsonWalk.Skip(ref reader);
        }

        if (!isPod || !_targetNamespace.Bytes.SequenceEqual(Meta.Namespace.Bytes))
        {
            _pod.Clear();
        }
    }
}
