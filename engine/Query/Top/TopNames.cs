using System.Buffers.Binary;
using System.Globalization;
using NetMon.Events;
using NetMon.Query.Observe;
using NetMon.Query.Printing;

namespace NetMon.Query.Top;

/// <summary>Determines the subjects of events without creating a text for each: names are cached. Bounded; not thread-safe.</summary>
internal sealed class TopNames
{
    private const int MostKept = 16_384;
    private readonly Dictionary<ContainerIdentity, string> _containers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(UInt128, bool), string> _processes = [];
    private readonly Dictionary<(PeerIdentity, Direction), string?> _peers = [];

    /// <summary>Returns the row in which an event counts.</summary>
    public TopKey Of(TopSubject subject, in ConnectionEvent e) => subject == TopSubject.Workloads ? new TopKey(Workload(in e), 0, 0, IsCaller: false) : Peer(in e);

    /// <summary>Formats a key for a terminal: shop/db:5432 and 10.0.0.5:443 for a called end, with a leading &lt; for a caller.</summary>
    public static string Shown(TopSubject subject, in TopKey key)
    {
        if (subject == TopSubject.Workloads)
        {
            return TerminalText.Shown(key.Name ?? "");
        }

        Span<byte> address = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(address, key.Address);
        return key.IsCaller ? $"← {TerminalText.Shown(key.Name ?? AddressText.Format(address))}"
            : key.Name is null ? $"→ {EventNames.Endpoint(address, key.Port)}"
            : string.Create(CultureInfo.InvariantCulture, $"→ {TerminalText.Shown(key.Name)}:{key.Port}");
    }

    private string Workload(in ConnectionEvent e)
    {
        if (e.Container is { } container && (container.IsNamed || container.Workload.Length > 0))
        {
            if (!_containers.TryGetValue(container, out var known))
            {
                known = EventNames.Workload(in e);
                Bound(_containers)[container] = known;
            }

            return known;
        }

        var process = (BinaryPrimitives.ReadUInt128BigEndian(e.Record.Owner.Comm), e.Container is { IsContainer: true });
        if (!_processes.TryGetValue(process, out var name))
        {
            name = EventNames.Workload(in e);
            Bound(_processes)[process] = name;
        }

        return name;
    }

    private TopKey Peer(in ConnectionEvent e)
    {
        ref readonly var record = ref e.Record;
        var isCaller = record.Direction == Direction.Inbound;
        var port = isCaller ? (ushort)0 : record.DestinationPort;
        string? name = null;
        if (e.Peer is { } peer && !_peers.TryGetValue((peer, record.Direction), out name))
        {
            name = EventNames.OtherWorkload(in e);
            Bound(_peers)[(peer, record.Direction)] = name;
        }

        var address = EventNames.OtherEnd(in e);
        return name is not null ? new TopKey(name, 0, port, isCaller) : new TopKey(null, BinaryPrimitives.ReadUInt128BigEndian(address), port, isCaller);
    }

    private static Dictionary<TKey, TValue> Bound<TKey, TValue>(Dictionary<TKey, TValue> names)
        where TKey : notnull
    {
        if (names.Count >= MostKept)
        {
            names.Clear();
        }

        return names;
    }
}
