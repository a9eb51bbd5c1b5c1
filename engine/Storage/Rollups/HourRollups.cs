namespace NetMon.Storage.Rollups;

/// <summary>The roll-ups in hot/ of one hour. One thread.</summary>
internal sealed class HourRollups
{
    private readonly List<HotRollup> _rollups = [];

    public IReadOnlyList<HotRollup> All => _rollups;

    public void Add(HotRollup rollup) => _rollups.Add(rollup);

    public void Remove(HotRollup rollup) => _rollups.Remove(rollup);

    /// <summary>Whether a roll-up sums up a piece.</summary>
    public bool Covers(string piece) => _rollups.Any(rollup => rollup.Pieces.Contains(piece));

    /// <summary>Those whose pieces another one has all, and maybe more: a crash between a merge and its removals leaves them.</summary>
    public IReadOnlyList<HotRollup> Superfluous() =>
        [.. _rollups.Where((rollup, n) => _rollups.Where((other, m) => m != n && (other.Pieces.Count > rollup.Pieces.Count || (other.Pieces.Count == rollup.Pieces.Count && m < n)))
            .Any(other => rollup.Pieces.All(other.Pieces.Contains)))];

    /// <summary>Roll-ups of one level that are enough to become one of the next; empty if there are none.</summary>
    public IReadOnlyList<HotRollup> Mergeable() => _rollups.Where(rollup => !rollup.IsClosed).GroupBy(rollup => rollup.Origin.Level)
        .Where(level => level.Count() >= RollupFiles.Fan).OrderBy(level => level.Key).Select(level => level.Take(RollupFiles.Fan).ToList()).FirstOrDefault() ?? [];
}
