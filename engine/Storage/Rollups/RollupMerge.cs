namespace NetMon.Storage.Rollups;

/// <summary>Merges sorted roll-ups row by row, with one row group of each in memory. Not thread-safe.</summary>
/// <param name="names">Names of containers without any; null: none are available.</param>
internal sealed class RollupMerge(LateNames? names)
{
    private readonly LatencyHistogram _latency = new();

    /// <summary>Writes the sums of all rows of the roll-ups.</summary>
    /// <param name="cursors">Positioned before their first rows; borrowed.</param>
    /// <param name="writer">Receives the rows.</param>
    /// <exception cref="IOException">A file is corrupt, or can't be read or written.</exception>
    public void Run(IReadOnlyList<RollupCursor> cursors, RollupWriter writer)
    {
        var left = cursors.Where(cursor => cursor.TryNext()).ToList();
        var same = new List<RollupCursor>(left.Count);
        while (left.Count > 0)
        {
            FindLeast(left, same);
            Write(same, writer);
            foreach (var cursor in same)
            {
                if (!cursor.TryNext())
                {
                    left.Remove(cursor);
                }
            }
        }
    }

    /// <summary>Finds the cursors at the lowest key, which all have the same key.</summary>
    private static void FindLeast(List<RollupCursor> cursors, List<RollupCursor> same)
    {
        same.Clear();
        same.Add(cursors[0]);
        for (var n = 1; n < cursors.Count; n++)
        {
            var order = cursors[n].Key.CompareTo(same[0].Key);
            if (order < 0)
            {
                same.Clear();
            }

            if (order <= 0)
            {
                same.Add(cursors[n]);
            }
        }
    }

    private void Write(List<RollupCursor> same, RollupWriter writer)
    {
        var first = same[0];
        var sums = RollupSums.Empty;
        var known = first.Names;
        _latency.Clear();
        foreach (var cursor in same)
        {
            sums.Add(cursor.Sums);
            known = known.AreKnown ? known : cursor.Names;
            if (same.Count > 1)
            {
                _latency.Add(cursor.Latency);
            }
        }

        var key = first.Key;
        if (names is not null && !known.AreKnown && key.IsContainer)
        {
            known = names.Of(key.Owner);
        }

        writer.Add(in key, in known, in sums, same.Count > 1 ? _latency.Text() : first.Latency);
    }
}
