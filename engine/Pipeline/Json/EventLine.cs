using NetMon.Events;
using NetMon.Foundation;
using NetMon.Native;

namespace NetMon.Pipeline.Json;

/// <summary>
/// Writes one event as one line of JSON; what each format has in common. Allocates nothing an event. One thread: it keeps
/// the second that it last wrote, and the container's part of lines.
/// </summary>
public abstract class EventLine
{
    /// <summary>No line is longer, so that a pipe takes it as a whole or not at all.</summary>
    public const int MaxBytes = OutputDescriptor.AtomicPipeBytes;

    /// <summary>Of a name, in lines that have up to seven: with 1,250 bytes of the rest they are within <see cref="MaxBytes"/>.</summary>
    private protected const int NameBytes = 400;

    private readonly IdentityJson<ContainerIdentity> _containers;
    private readonly IdentityJson<ContainerIdentity> _workloads;
    private readonly IdentityJson<ContainerIdentity> _labels;
    private readonly IdentityJson<PeerIdentity> _peers;
    private readonly byte[] _second = new byte[Rfc3339.SecondBytes];
    private long _secondOf = long.MinValue;

    /// <param name="renderContainer">Makes a container's part of a line, which is made once for each.</param>
    /// <param name="renderWorkload">Makes the workload's part, empty where it is not known.</param>
    /// <param name="renderLabels">Makes the part of the pod's labels, empty where it has none.</param>
    /// <param name="renderPeer">Makes the peer's part, empty where nothing is known.</param>
    private protected EventLine(
        Func<ContainerIdentity, byte[]> renderContainer, Func<ContainerIdentity, byte[]> renderWorkload, Func<ContainerIdentity, byte[]> renderLabels, Func<PeerIdentity, byte[]> renderPeer)
    {
        (_containers, _workloads) = (new IdentityJson<ContainerIdentity>(renderContainer), new IdentityJson<ContainerIdentity>(renderWorkload));
        (_labels, _peers) = (new IdentityJson<ContainerIdentity>(renderLabels), new IdentityJson<PeerIdentity>(renderPeer));
    }

    /// <summary>Makes lines of a format, for a node of that name.</summary>
    public static EventLine Of(JsonFormat format, string node) => format switch
    {
        JsonFormat.Ecs => new EcsLine(node),
        JsonFormat.Otel => new OtelLine(node),
        _ => new JsonLine(node),
    };

    /// <summary>Writes the line with its newline at the start of <paramref name="to"/>, which holds <see cref="MaxBytes"/>; returns its length.</summary>
    public abstract int Write(in ConnectionEvent e, Span<byte> to);

    /// <summary>A name as the inside of a JSON string, to be rendered once.</summary>
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
    /// Appends a part, unless the line would get longer than <see cref="MaxBytes"/>: no names that Kubernetes allows are so long,
    /// but labels may be, and what names its containers otherwise.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="part">The part.</param>
    /// <param name="end">Bytes still to come.</param>
    private protected static void AppendIfItFits(ref Utf8Cursor line, ReadOnlySpan<byte> part, int end)
    {
        if (line.Length + part.Length + end <= MaxBytes)
        {
            line.Append(part);
        }
    }

    /// <summary>RFC 3339 with nine digits, in UTC.</summary>
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
