namespace NetMon.Storage.Rollups;

/// <summary>A roll-up in hot/.</summary>
/// <param name="Path">Relative to the capture directory.</param>
/// <param name="Origin">What it sums up.</param>
/// <param name="IsClosed">Whether some of its pieces are in a sealed file, so that it must not be merged with roll-ups of later pieces.</param>
internal sealed record HotRollup(string Path, RollupOrigin Origin, bool IsClosed = false)
{
    /// <summary>Names of the pieces that it sums up.</summary>
    public IReadOnlyCollection<string> Pieces => Origin.Pieces;

    /// <summary>Their number of events.</summary>
    public long Events => Origin.Events;
}
