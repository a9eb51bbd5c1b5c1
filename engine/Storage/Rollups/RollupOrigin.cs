namespace NetMon.Storage.Rollups;

/// <summary>The origin of a roll-up, stored in its metadata.</summary>
/// <param name="Pieces">Names of the files that it sums up.</param>
/// <param name="Events">Their number of events.</param>
/// <param name="Level">0 if made from events, else the number of merges that produced it.</param>
internal sealed record RollupOrigin(IReadOnlyCollection<string> Pieces, long Events, int Level);
