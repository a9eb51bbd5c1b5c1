namespace NetMon.Storage.Rollups;

/// <summary>The roll-ups in hot/ of one hour. Not thread-safe.</summary>
internal sealed class HourRollups
{
    private readonly List<HotRollup> _rollups = [];

    public IReadOnlyList<HotRollup> All => _rollups;

    public void Add(HotRollup rollup) => _rollups.Add(rollup);

    public void Remove(HotRollup rollup) => _rollups.Remove(rollup);

    /// <summary>Whether a roll-up includes a piece.</summary>
    public bool Covers(string piece) => _rollups.Any(rollup => rollup.Pieces.Contains(piece));

    /// <summary>Returns roll-ups that are contained in another one; a crash between a merge and its removals leaves them.</summary>
    public IReadOnlyList<HotRollup> Superfluous() =>
        [.. _rollups.Where((rollup, n) => _rollups.Where((other, m) => m != n && (other.Pieces.Count > rollup.Pieces.Count || (other.Pieces.Count == rollup.Pieces.Count && m < n)))
            .Any(other => rollup.Pieces.All(other.Pieces.Contains)))];

    /// <summary>Returns enough roll-ups of one level to merge into one of the next level; empty if there are not.</summary>
    public IReadOnlyList<HotRollup> Mergeable() => _rollups.Where(rollup => !rollup.IsClosed).GroupBy(rollup => rollup.Origin.Level)
        .Where(level => level.Count() >= RollupFiles.Fan).OrderBy(level => level.Key).Select(level => level.Take(RollupFiles.Fan).ToList()).FirstOrDefault() ?? [];
}
