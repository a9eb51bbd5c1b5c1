namespace NetMon.Query.Files;

/// <summary>Chooses roll-ups so that each event is counted once; see schemas/rollup.md.</summary>
/// <param name="pieces">Names of the pieces that are not in a sealed file.</param>
/// <param name="segments">Names of the segments that are not in a Parquet file.</param>
internal sealed class RollupChoice(IReadOnlySet<string> pieces, IReadOnlySet<string> segments)
{
    private readonly List<ReadableFile> _chosen = [];
    private readonly HashSet<string> _hours = new(StringComparer.Ordinal);
    private readonly HashSet<string> _pieces = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sealed = new(StringComparer.Ordinal);

    public IReadOnlyList<ReadableFile> Chosen => _chosen;

    /// <summary>
    /// Adds the roll-ups of sealed hours, except for an hour that is just being sealed: its pieces still exist. Of two with the same pieces,
    /// which a bucket may contain if a name was taken, it takes one.
    /// </summary>
    public void AddSealed(IEnumerable<ReadableFile> rollups)
    {
        foreach (var (rollup, names) in rollups.Select(rollup => (rollup, Names: rollup.MadeOf.ToList()))
            .Where(rollup => !rollup.Names.Any(name => pieces.Contains(name) || segments.Contains(name) || _sealed.Contains(name))))
        {
            _chosen.Add(rollup);
            _hours.Add(rollup.File.Key);
            _sealed.UnionWith(names);
        }
    }

    /// <summary>Adds the roll-ups of pieces: of those with common pieces the largest, and none with a piece that is sealed by now.</summary>
    public void AddHot(IEnumerable<ReadableFile> rollups)
    {
        foreach (var (rollup, names) in rollups.Select(rollup => (rollup, Names: rollup.MadeOf.ToList())).OrderByDescending(rollup => rollup.Names.Count))
        {
            if (names.All(name => pieces.Contains(name) && !_pieces.Contains(name)))
            {
                _chosen.Add(rollup);
                _pieces.UnionWith(names);
            }
        }
    }

    /// <summary>Whether a chosen roll-up includes the events of a file.</summary>
    public bool Covers(HourFile file) => _hours.Contains(file.Key) || _pieces.Contains(file.Name);
}
