using NetMon.Events;

namespace NetMon.Storage.Cold;

/// <summary>Where a whole batch of a segment is, and from when to when it goes.</summary>
/// <param name="Segment">Index of its segment in the order of writing.</param>
/// <param name="Position">Bytes from the segment's beginning.</param>
/// <param name="Rows">Rows that it has.</param>
/// <param name="First">Its least time, Unix nanoseconds.</param>
/// <param name="Last">Its greatest time.</param>
/// <param name="IsSorted">Whether its rows are in time order.</param>
/// <param name="IsCurrent">Whether it is laid out as this version does.</param>
/// <param name="Containers">The dictionary of its rows' containers.</param>
/// <param name="Peers">The dictionary of its rows' peers.</param>
internal sealed record BatchPlace(
    int Segment, long Position, int Rows, long First, long Last, bool IsSorted, bool IsCurrent, ContainerIdentity[] Containers, PeerIdentity[] Peers);
