namespace NetMon.Storage.Rollups;

/// <summary>A roll-up in hot/.</summary>
/// <param name="Path">Relative to the capture directory.</param>
/// <param name="Pieces">Names of the pieces that it sums up.</param>
/// <param name="Events">How many events they have.</param>
/// <param name="IsClosed">A sealed file has some of its pieces already, so that it is not merged with those of later ones.</param>
internal sealed record HotRollup(string Path, IReadOnlyCollection<string> Pieces, long Events, bool IsClosed = false);
