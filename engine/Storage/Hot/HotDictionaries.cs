using NetMon.Events;

namespace NetMon.Storage.Hot;

/// <summary>The dictionaries of the hour that is being written. For the sink's thread only.</summary>
internal sealed class HotDictionaries
{
    public HotDictionaries() => All = [Containers, Peers];

    public IdentityDictionary<ContainerIdentity, ContainerKind> Containers { get; } = new();

    public IdentityDictionary<PeerIdentity, PeerKind> Peers { get; } = new();

    /// <summary>In the order of <see cref="HotColumns.Dictionaries"/>.</summary>
    public IReadOnlyList<IHotDictionary> All { get; }

    /// <summary>Clears the dictionaries that are full. Rows that refer to them must have been written.</summary>
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
