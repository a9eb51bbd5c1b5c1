using NetMon.Events;
using NetMon.Foundation;
using NetMon.Native;

namespace NetMon.Pipeline.Json;

/// <summary>
/// Writes an event as a line of JSON; the part common to all formats. Does not allocate per event. Not thread-safe: caches the last
/// second written and the containers' part of lines.
/// </summary>
public abstract class EventLine
{
    /// <summary>The maximum length of a line, so that a write to a pipe is atomic.</summary>
    public const int MaxBytes = OutputDescriptor.AtomicPipeBytes;

    /// <summary>The maximum length of a name in lines with up to seven names: with 1,250 other bytes they stay within <see cref="MaxBytes"/>.</summary>
    private protected const int NameBytes = 400;

    private readonly IdentityJson<ContainerIdentity> _containers;
    private readonly IdentityJson<ContainerIdentity> _workloads;
    private readonly IdentityJson<ContainerIdentity> _labels;
    private readonly IdentityJson<PeerIdentity> _peers;
    private readonly byte[] _second = new byte[Rfc3339.SecondBytes];
    private long _secondOf = long.MinValue;

    /// <param name="renderContainer">Renders a container's part of a line; called once per container.</param>
    /// <param name="renderWorkload">Renders the workload's part; empty if unknown.</param>
    /// <param name="renderLabels">Renders the part of the pod's labels; empty if it has none.</param>
    /// <param name="renderPeer">Renders the peer's part; empty if unknown.</param>
    private protected EventLine(
        Func<ContainerIdentity, byte[]> renderContainer, Func<ContainerIdentity, byte[]> renderWorkload, Func<ContainerIdentity, byte[]> renderLabels, Func<PeerIdentity, byte[]> renderPeer)
    {
        (_containers, _workloads) = (new IdentityJson<ContainerIdentity>(renderContainer), new IdentityJson<ContainerIdentity>(renderWorkload));
        (_labels, _peers) = (new IdentityJson<ContainerIdentity>(renderLabels), new IdentityJson<PeerIdentity>(renderPeer));
    }

    /// <summary>Creates a writer of a format, for a node.</summary>
    public static EventLine Of(JsonFormat format, string node) => format switch
    {
        JsonFormat.Ecs => new EcsLine(node),
        JsonFormat.Otel => new OtelLine(node),
        _ => new JsonLine(node),
    };

    /// <summary>Writes the line with its newline to the start of <paramref name="to"/>, which must have room for <see cref="MaxBytes"/>; returns its length.</summary>
    public abstract int Write(in ConnectionEvent e, Span<byte> to);

    /// <summary>Renders a name as the content of a JSON string; called once per name.</summary>
    private protected static byte[] Rendered(string name, int maxBytes)
    {
        var text = new Utf8Cursor(stackalloc byte[JsonName.MaxBytes]);
        JsonName.Write(ref text, name, maxBytes);
        return text.Written.ToArray();
    }

    private protected ReadOnlySpan<byte> ContainerPart(ContainerIdentity container) => _containers.Of(container);

    private protected ReadOnlySpan<byte> WorkloadPart(ContainerIdentity container) => _workloads.Of(container);

    private protected ReadOnlySpan<byte> PeerPart(PeerIdentity? peer) => peer is null ? [] : _peers.Of(peer);

    private protected ReadOnlySpan<byte> LabelsPart(ContainerIdentity container) => _labels.Of(container);

    /// <summary>
    /// Appends a part, unless the line would exceed <see cref="MaxBytes"/>. Names that Kubernetes allows always fit, but labels and names
    /// from elsewhere may not.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="part">The part.</param>
    /// <param name="end">The number of bytes that will follow.</param>
    private protected static void AppendIfItFits(ref Utf8Cursor line, ReadOnlySpan<byte> part, int end)
    {
        if (line.Length + part.Length + end <= MaxBytes)
        {
            line.Append(part);
        }
    }

    /// <summary>Writes RFC 3339 with nanoseconds, in UTC.</summary>
    private protected void WriteTime(ref Utf8Cursor line, long unixNanoseconds)
    {
        var (second, nanoseconds) = Rfc3339.Split(unixNanoseconds);
        if (second != _secondOf)
        {
            _secondOf = second;
            Rfc3339.WriteSecond(_second, second);
        }

        line.Append(_second);
        line.AppendFraction(nanoseconds);
    }
}
