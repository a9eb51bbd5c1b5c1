using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>The peers of the events' connections.</summary>
internal readonly struct PeerKind : IIdentityKind<PeerIdentity>
{
    public static int Dictionary => HotColumns.Peers;

    public static IReadOnlyList<IdentityColumn<PeerIdentity>> Texts => EventColumns.PeerTexts;

    public static PeerIdentity Empty { get; } = new();

    public static PeerIdentity? Of(in ConnectionEvent e) => e.Peer;
}
