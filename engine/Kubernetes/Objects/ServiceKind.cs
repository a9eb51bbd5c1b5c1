using System.Text.Json;
using NetMon.Cluster;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Objects;

/// <summary>Services: cluster IPs, external IPs, addresses of load balancers; TCP ports and node ports.</summary>
internal sealed class ServiceKind() : WatchedKind(ClusterKind.Services, "", "services", "/api/v1/services")
{
    private readonly TextField _address = new();

    protected override void WriteFacts(ref Utf8JsonReader reader, FactWriter lines)
    {
        lines.Line(FactProtocol.Service).Word(Meta.Namespace.Bytes).Word(Meta.Name.Bytes).Over();
        while (JsonWalk.NextProperty(ref reader))
        {
            var (isSpec, isStatus) = (reader.ValueTextEquals("spec"u8), reader.ValueTextEquals("status"u8));
            if (!isSpec && !isStatus)
            {
                JsonWalk.Skip(ref reader);
                continue;
            }

            JsonWalk.Read(ref reader);
            if (isSpec)
            {
                WriteSpec(ref reader, lines);
            }
            else
            {
                WriteStatus(ref reader, lines);
            }
        }
    }

    private void WriteSpec(ref Utf8JsonReader reader, FactWriter lines)
    {
        if (!JsonWalk.IsObject(ref reader))
        {
            return;
        }

        while (JsonWalk.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("ports"u8))
            {
                JsonWalk.Read(ref reader);
                PortList.Write(ref reader, lines);
            }
            else if (reader.ValueTextEquals("clusterIP"u8) || reader.ValueTextEquals("clusterIPs"u8) || reader.ValueTextEquals("externalIPs"u8))
            {
                JsonWalk.Read(ref reader);
                WriteAddresses(ref reader, lines);
            }
            else
            {
                JsonWalk.Skip(ref reader);
            }
        }
    }

    /// <summary>Writes an address or an array of them; ignores the "None" of a headless Service.</summary>
    private void WriteAddresses(ref Utf8JsonReader reader, FactWriter lines)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            WriteAddress(ref reader, lines);
        }
        else if (JsonWalk.IsArray(ref reader))
        {
            while (JsonWalk.NextElement(ref reader))
            {
                WriteAddress(ref reader, lines);
                JsonWalk.Skip(ref reader);
            }
        }
    }

    private void WriteStatus(ref Utf8JsonReader reader, FactWriter lines)
    {
        if (!JsonWalk.IsObject(ref reader))
        {
            return;
        }

        while (JsonWalk.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("loadBalancer"u8))
            {
                JsonWalk.Read(ref reader);
                WriteLoadBalancer(ref reader, lines);
            }
            else
            {
                JsonWalk.Skip(ref reader);
            }
        }
    }

    private void WriteLoadBalancer(ref Utf8JsonReader reader, FactWriter lines)
    {
        if (!JsonWalk.IsObject(ref reader))
        {
            return;
        }

        while (JsonWalk.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("ingress"u8))
            {
                JsonWalk.Skip(ref reader);
                continue;
            }

            JsonWalk.Read(ref reader);
            if (JsonWalk.IsArray(ref reader))
            {
                while (JsonWalk.NextElement(ref reader))
                {
                    WriteIngress(ref reader, lines);
                }
            }
        }
    }

    private void WriteIngress(ref Utf8JsonReader reader, FactWriter lines)
    {
        if (!JsonWalk.IsObject(ref reader))
        {
            return;
        }

        while (JsonWalk.NextProperty(ref reader))
        {
            var isAddress = reader.ValueTextEquals("ip"u8);
            JsonWalk.Read(ref reader);
            if (isAddress)
            {
                WriteAddress(ref reader, lines);
            }

            JsonWalk.Skip(ref reader);
        }
    }

    private void WriteAddress(ref Utf8JsonReader reader, FactWriter lines)
    {
        _address.SetAddress(ref reader);
        if (!_address.IsEmpty)
        {
            lines.Line(FactProtocol.Address).Word(_address.Bytes).Over();
        }
    }
}
