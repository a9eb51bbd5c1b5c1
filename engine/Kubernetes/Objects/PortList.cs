using System.Text.Json;
using NetMon.Cluster;
using NetMon.Kubernetes.Json;

namespace NetMon.Kubernetes.Objects;

/// <summary>The numbers of the TCP ports of a Service or a slice. TCP is the default protocol.</summary>
internal static class PortList
{
    /// <summary>Writes a line for each port; the reader must be at the array.</summary>
    /// <exception cref="JsonException">The JSON is malformed.</exception>
    public static void Write(ref Utf8JsonReader reader, FactWriter lines)
    {
        if (!JsonWalk.IsArray(ref reader))
        {
            return;
        }

        while (JsonWalk.NextElement(ref reader))
        {
            if (JsonWalk.IsObject(ref reader))
            {
                WritePort(ref reader, lines);
            }
        }
    }

    private static void WritePort(ref Utf8JsonReader reader, FactWriter lines)
    {
        var (port, nodePort, isTcp) = (0, 0, true);
        while (JsonWalk.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("port"u8))
            {
                JsonWalk.Read(ref reader);
                port = JsonWalk.Port(ref reader);
            }
            else if (reader.ValueTextEquals("nodePort"u8))
            {
                JsonWalk.Read(ref reader);
                nodePort = JsonWalk.Port(ref reader);
            }
            else if (reader.ValueTextEquals("protocol"u8))
            {
                JsonWalk.Read(ref reader);
                isTcp = reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("TCP"u8));
            }

            JsonWalk.Skip(ref reader);
        }

        if (port > 0 && isTcp)
        {
            lines.Line(FactProtocol.Port).Number(port).Number(nodePort).Over();
        }
    }
}
