using NetMon.Storage.Hot;

namespace NetMon.Storage.Cold;

/// <summary>Scans segments: finds complete batches and damage, and truncates incomplete ends. For the sealing thread.</summary>
internal sealed class SegmentIndex(CaptureDirectory capture, HotDamageLog damage, WrittenFiles written)
{
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal); // a segment is scanned again after a failed seal

    /// <summary>Finds the batches of complete segments.</summary>
    /// <param name="hour">Their hour.</param>
    /// <param name="paths">In the order of writing.</param>
    /// <returns>The batches, by index into <paramref name="paths"/>; and the paths of segments of other versions, which must be kept.</returns>
    /// <exception cref="IOException">A segment can't be read, or its incomplete end can't be truncated.</exception>
    public (List<BatchPlace> Places, List<string> Kept) Of(Hour hour, IReadOnlyList<string> paths)
    {
        var (places, kept) = (new List<BatchPlace>(), new List<string>());
        for (var segment = 0; segment < paths.Count; segment++)
        {
            if (capture.Root.TryOpen(paths[segment], writable: true) is not { } file)
            {
                if (written.Forget(paths[segment]) is { } gone)
                {
                    damage.Removed(paths[segment], gone);
                }

                continue;
            }

            using var reader = HotSegmentReader.Open(file);
            if (reader.IsOtherVersion)
            {
                damage.Keep(paths[segment]);
                kept.Add(paths[segment]);
                continue;
            }

            var first = places.Count;
            var found = new List<(long From, long To, HotDamage Damage)>();
            var last = hour.Start;
            while (reader.TryRead())
            {
                var place = Place(segment, reader);
                if (reader.DamageBefore is { } lost)
                {
                    found.Add((last, Math.Max(last, place.First), lost));
                }

                places.Add(place);
                last = Math.Max(last, place.Last);
            }

            if (reader.DamageBefore is { } atEnd)
            {
                found.Add((last, hour.End - 1, atEnd));
            }

            var torn = damage.CutTornEnd(paths[segment], last, hour, file, reader);
            if (_reported.Add(paths[segment]))
            {
                Report(paths[segment], found, places.Skip(first).Sum(place => (long)place.Rows) + torn);
            }
        }

        return (places, kept);
    }

    /// <summary>Forgets which damage was reported for segments that are now in a piece.</summary>
    public void Forget(IEnumerable<string> paths) => _reported.ExceptWith(paths);

    /// <summary>For segments written by this run, the number of missing rows is known even if the damage itself does not show it.</summary>
    private void Report(string path, List<(long From, long To, HotDamage Damage)> found, long rows)
    {
        var missing = written.In(path) is { } all ? all.Count - rows - found.Sum(one => one.Damage.Rows ?? 0) : 0;
        foreach (var (from, to, damaged) in found)
        {
            if (damaged.Rows is null && missing > 0)
            {
                damage.Found(path, from, to, new HotDamage(missing));
                missing = 0;
            }
            else
            {
                damage.Found(path, from, to, damaged);
            }
        }

        if (missing > 0 && written.In(path) is { } times)
        {
            damage.Removed(path, times with { Count = missing });
        }
    }

    private static BatchPlace Place(int segment, HotSegmentReader reader)
    {
        var (first, last, sorted) = (long.MaxValue, long.MinValue, true);
        foreach (var time in reader.Batch.Timestamps)
        {
            sorted &= time >= last;
            first = Math.Min(first, time);
            last = Math.Max(last, time);
        }

        return new BatchPlace(
            segment, reader.BatchPosition, reader.Batch.Rows, first, last, sorted, reader.IsCurrent, reader.Batch.Containers.Dictionary, reader.Batch.Peers.Dictionary);
    }
}
