namespace NetMon.Storage.Rollups;

/// <summary>What a roll-up says about itself.</summary>
/// <param name="Pieces">Names of the files that it sums up.</param>
/// <param name="Events">How many events they have.</param>
/// <param name="Level">0: made of events; else how often roll-ups were merged to make it.</param>
internal sealed record RollupOrigin(IReadOnlyCollection<string> Pieces, long Events, int Level);
