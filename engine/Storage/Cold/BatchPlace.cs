using NetMon.Events;

namespace NetMon.Storage.Cold;

/// <summary>The position and description of a complete batch of a segment.</summary>
/// <param name="Segment">Index of its segment, in the order of writing.</param>
/// <param name="Position">Offset from the segment's start, in bytes.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="First">The time of its oldest row, Unix nanoseconds.</param>
/// <param name="Last">The time of its newest row, Unix nanoseconds.</param>
/// <param name="IsSorted">Whether its rows are in time order.</param>
/// <param name="IsCurrent">Whether it has the layout of the current version.</param>
/// <param name="Containers">The dictionary of its rows' containers.</param>
/// <param name="Peers">The dictionary of its rows' peers.</param>
internal sealed record BatchPlace(
    int Segment, long Position, int Rows, long First, long Last, bool IsSorted, bool IsCurrent, ContainerIdentity[] Containers, PeerIdentity[] Peers);
