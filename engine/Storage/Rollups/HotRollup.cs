namespace NetMon.Storage.Rollups;

/// <summary>A roll-up in hot/.</summary>
/// <param name="Path">Relative to the capture directory.</param>
/// <param name="Origin">What it sums up.</param>
/// <param name="IsClosed">A sealed file has some of its pieces already, so that it is not merged with those of later ones.</param>
internal sealed record HotRollup(string Path, RollupOrigin Origin, bool IsClosed = false)
{
    /// <summary>Names of the pieces that it sums up.</summary>
    public IReadOnlyCollection<string> Pieces => Origin.Pieces;

    /// <summary>How many events they have.</summary>
    public long Events => Origin.Events;
}
