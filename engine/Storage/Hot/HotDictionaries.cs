using NetMon.Events;

namespace NetMon.Storage.Hot;

/// <summary>The dictionaries of an hour that is being written. The sink's thread alone.</summary>
internal sealed class HotDictionaries
{
    public HotDictionaries() => All = [Containers, Peers];

    public IdentityDictionary<ContainerIdentity, ContainerKind> Containers { get; } = new();

    public IdentityDictionary<PeerIdentity, PeerKind> Peers { get; } = new();

    /// <summary>In the order of <see cref="HotColumns.Dictionaries"/>.</summary>
    public IReadOnlyList<IHotDictionary> All { get; }

    /// <summary>Has those that found no room for an entry start anew; the rows that refer to them have to be written before.</summary>
    public void ClearFull()
    {
        if (Containers.IsFull)
        {
            Containers.Clear();
        }

        if (Peers.IsFull)
        {
            Peers.Clear();
        }
    }
}
