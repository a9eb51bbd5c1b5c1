using NetMon.Storage.Hot;

namespace NetMon.Storage.Cold;

/// <summary>Looks through segments: where their whole batches are, what of them is damaged, and where a torn end is cut off. The thread that seals.</summary>
internal sealed class SegmentIndex(CaptureDirectory capture, HotDamageLog damage)
{
    /// <summary>Finds the batches of segments that nobody appends to any more.</summary>
    /// <param name="hour">Theirs.</param>
    /// <param name="paths">In the order of writing.</param>
    /// <returns>The batches, by index into <paramref name="paths"/>; and the paths of segments of another version, which have to stay.</returns>
    /// <exception cref="IOException">A segment can't be read, or its torn end not cut off.</exception>
    public (List<BatchPlace> Places, List<string> Kept) Of(Hour hour, IReadOnlyList<string> paths)
    {
        var (places, kept) = (new List<BatchPlace>(), new List<string>());
        for (var segment = 0; segment < paths.Count; segment++)
        {
            if (capture.Root.TryOpen(paths[segment], writable: true) is not { } file)
            {
                continue; // removed by somebody
            }

            using var reader = HotSegmentReader.Open(file);
            if (reader.IsOtherVersion)
            {
                damage.Keep(paths[segment]);
                kept.Add(paths[segment]);
                continue;
            }

            var last = hour.Start;
            while (reader.TryRead())
            {
                var place = Place(segment, reader);
                if (reader.DamageBefore is { } lost)
                {
                    damage.Found(paths[segment], last, Math.Max(last, place.First), lost);
                }

                places.Add(place);
                last = Math.Max(last, place.Last);
            }

            if (reader.DamageBefore is { } atEnd)
            {
                damage.Found(paths[segment], last, hour.End - 1, atEnd);
            }

            damage.CutTornEnd(paths[segment], last, hour, file, reader);
        }

        return (places, kept);
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

        return new BatchPlace(segment, reader.BatchPosition, reader.Batch.Rows, first, last, sorted, reader.IsCurrent, reader.Batch.Dictionary);
    }
}
