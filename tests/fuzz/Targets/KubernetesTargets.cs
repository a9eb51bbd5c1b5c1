using NetMon.Cluster;
using NetMon.Enrichment.Peers;
using NetMon.Host;
using NetMon.Kubernetes.Json;
using NetMon.Kubernetes.Objects;
using NetMon.Kubernetes.Watching;

namespace NetMon.Fuzz.Targets;

/// <summary>Answers of a Kubernetes API server, and the lines that they give the agent.</summary>
internal static class KubernetesTargets
{
    private const int MostObjectBytes = 32 * 1024;

    /// <summary>An answer as a list and as a watch of each kind, and the resulting lines.</summary>
    public static void Answer(ReadOnlyMemory<byte> input)
    {
        foreach (var kind in (WatchedKind[])[new ServiceKind(), new SliceKind(), new NodeKind()])
        {
            foreach (var isList in (bool[])[true, false])
            {
                var lines = new FactWriter();
                lines.Line(FactProtocol.Version).Over();
                var version = lines.Length;
                try
                {
                    ReadAsync(input, kind, isList, lines).GetAwaiter().GetResult();
                }
                catch (Exception e) when (e is FormatException or ApiException)
                {
                    // Refused.
                }

                if (lines.Length > version && TakeIn(lines.Lines.ToArray()).Malformed > 0)
                {
                    throw new FuzzFinding("a line was written that the agent does not understand");
                }
            }
        }
    }

    /// <summary>Lines of netmon-kubernetes.</summary>
    public static void Lines(ReadOnlyMemory<byte> input) => TakeIn([.. System.Text.Encoding.ASCII.GetBytes(FactProtocol.Version + "\n"), .. input.Span]);

    private static async Task ReadAsync(ReadOnlyMemory<byte> input, WatchedKind kind, bool isList, FactWriter lines)
    {
        var objects = new JsonObjects(Bytes.Stream(input), isList, MostObjectBytes);
        do
        {
            while (objects.TryRead(out var found))
            {
                if (isList && found.IsMetadata)
                {
                    WatchReader.Parse(found.Bytes, static bytes => ListMetadata.Read(bytes.Span));
                }
                else if (isList)
                {
                    Write(found.Bytes.Span, found.IsCut, kind, lines);
                }
                else
                {
                    var happened = WatchReader.Parse(found.Bytes, bytes => WatchEvent.Read(bytes.Span, found.IsCut));
                    var json = found.Bytes.Slice(happened.From, happened.Length);
                    if (happened.Type == WatchEventType.Error)
                    {
                        WatchReader.Parse(json, static bytes => StatusObject.Read(bytes.Span));
                    }

                    Write(json.Span, found.IsCut, kind, lines);
                }
            }
        }
        while (await objects.FillAsync(CancellationToken.None).ConfigureAwait(false));
    }

    private static void Write(ReadOnlySpan<byte> json, bool isCut, WatchedKind kind, FactWriter lines)
    {
        if (isCut || !kind.TryWrite(json, lines))
        {
            kind.TryWriteRemoval(json, lines);
        }
    }

    private static ClusterStatus TakeIn(byte[] lines)
    {
        var status = new ClusterStatus();
        new FactReader(new ClusterFeed(new PeerTable("here").Cluster).Take, status).ReadAsync(new MemoryStream(lines), CancellationToken.None).GetAwaiter().GetResult();
        return status;
    }
}
