namespace NetMon.Query.Files;

/// <summary>Which roll-ups answer, so that each event is summed up once: schemas/rollup.md.</summary>
/// <param name="pieces">Names of the pieces whose rows are in no sealed file.</param>
/// <param name="segments">Names of the segments whose rows are in no Parquet file.</param>
internal sealed class RollupChoice(IReadOnlySet<string> pieces, IReadOnlySet<string> segments)
{
    private readonly List<ReadableFile> _chosen = [];
    private readonly HashSet<string> _hours = new(StringComparer.Ordinal);
    private readonly HashSet<string> _pieces = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sealed = new(StringComparer.Ordinal);

    public IReadOnlyList<ReadableFile> Chosen => _chosen;

    /// <summary>
    /// Takes the roll-ups of sealed hours but those of an hour that is being sealed at this moment: its pieces are still there. Of two that
    /// sum up the same pieces, as a bucket may have where another file had the name, it takes one.
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

    /// <summary>Takes the roll-ups of pieces, the larger of two that have the same ones; not one of a piece that is sealed by now.</summary>
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

    /// <summary>Whether the events of a file are in one of the chosen roll-ups.</summary>
    public bool Covers(HourFile file) => _hours.Contains(file.Key) || _pieces.Contains(file.Name);
}
