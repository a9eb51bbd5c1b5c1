using System.Text.Json;
using NetMon.Cluster;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Objects;

/// <summary>Nodes: internal and external addresses, the ranges of their pods' addresses, and the zone label.</summary>
internal sealed class NodeKind() : WatchedKind(ClusterKind.Nodes, "", "nodes", "/api/v1/nodes")
{
    private readonly TextField _text = new();

    protected override void WriteFacts(ref Utf8JsonReader reader, FactWriter lines)
    {
        lines.Line(FactProtocol.Node).Word(Meta.Name.Bytes).Word(Meta.Zone.Bytes).Over();
        while (JsonWalk.NextProperty(ref reader))
        {
            var (isSpec, isStatus) = (reader.ValueTextEquals("spec"u8), reader.ValueTextEquals("status"u8));
            JsonWalk.Read(ref reader);
            if ((!isSpec && !isStatus) || !JsonWalk.IsObject(ref reader))
            {
                JsonWalk.Skip(ref reader);
                continue;
            }

            while (JsonWalk.NextProperty(ref reader))
            {
                var (isAddresses, isRanges) = (isStatus && reader.ValueTextEquals("addresses"u8), isSpec && (reader.ValueTextEquals("podCIDR"u8) || reader.ValueTextEquals("podCIDRs"u8)));
                JsonWalk.Read(ref reader);
                if (isRanges && reader.TokenType == JsonTokenType.String)
                {
                    WriteRange(ref reader, lines);
                }
                else if ((isAddresses || isRanges) && JsonWalk.IsArray(ref reader))
                {
                    while (JsonWalk.NextElement(ref reader))
                    {
                        WriteElement(ref reader, lines, isRanges);
                    }
                }
                else
                {
                    JsonWalk.Skip(ref reader);
                }
            }
        }
    }

    private void WriteElement(ref Utf8JsonReader reader, FactWriter lines, bool isRange)
    {
        if (isRange)
        {
            WriteRange(ref reader, lines);
            JsonWalk.Skip(ref reader);
        }
        else
        {
            WriteAddress(ref reader, lines);
        }
    }

    private void WriteRange(ref Utf8JsonReader reader, FactWriter lines)
    {
        _text.SetRange(ref reader);
        if (!_text.IsEmpty)
        {
            lines.Line(FactProtocol.Range).Word(_text.Bytes).Over();
        }
    }

    private void WriteAddress(ref Utf8JsonReader reader, FactWriter lines)
    {
        ReadAddress(ref reader);
        if (!_text.IsEmpty)
        {
            lines.Line(FactProtocol.Address).Word(_text.Bytes).Over();
        }
    }

    private void ReadAddress(ref Utf8JsonReader reader)
    {
        _text.Clear();
        if (!JsonWalk.IsObject(ref reader))
        {
            return;
        }

        var isAddress = false;
        while (JsonWalk.NextProperty(ref reader))
        {
            var (isType, isText) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("address"u8));
            JsonWalk.Read(ref reader);
            if (isText)
            {
                _text.SetAddress(ref reader);
            }

            isAddress |= isType && reader.TokenType == JsonTokenType.String && (reader.ValueTextEquals("InternalIP"u8) || reader.ValueTextEquals("ExternalIP"u8));
            JsonWalk.Skip(ref reader);
        }

        if (!isAddress)
        {
            _text.Clear();
        }
    }
}
