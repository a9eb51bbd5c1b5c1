using System.Globalization;
using NetMon.Foundation.Logging;
using NetMon.Storage.Uploads;

namespace NetMon.Storage;

/// <summary>
/// Removes the oldest hours when they are too old or all together too much, and the oldest pieces of the current one when that alone is
/// too much. The thread that seals.
/// </summary>
/// <param name="capture">The capture directory.</param>
/// <param name="options">The bounds.</param>
/// <param name="archive">What may go because it is in the bucket; null where nothing is archived: everything may.</param>
/// <param name="log">For the operator.</param>
internal sealed class Retention(CaptureDirectory capture, CaptureSinkOptions options, UploadGuard? archive, Logger log)
{
    /// <summary>Removes what is beyond the bounds.</summary>
    /// <param name="now">The event stream's time, Unix nanoseconds.</param>
    /// <param name="inUse">Hours that are not removed, however old.</param>
    /// <exception cref="IOException">The directory can't be read or changed.</exception>
    public void Run(long now, IReadOnlyCollection<Hour> inUse)
    {
        var hours = capture.Hours(CapturePaths.Events).Concat(capture.Hours(CapturePaths.Hot)).Distinct().OrderBy(hour => hour.Index).ToList();
        archive?.Begin();
        var removable = hours.Where(hour => hour != Hour.Of(now) && !inUse.Contains(hour)).ToList();
        if (options.RetainFor is { } time)
        {
            var before = now - time.Ticks * TimeSpan.NanosecondsPerTick;
            foreach (var hour in removable.TakeWhile(hour => hour.End <= before).Where(MayRemove).ToList())
            {
                Remove(hour);
                hours.Remove(hour);
                removable.Remove(hour);
            }

            RemoveLosses(before);
        }

        if (options.RetainRollups is { } rollupTime)
        {
            RemoveRollups(now - rollupTime.Ticks * TimeSpan.NanosecondsPerTick);
        }

        if (options.RetainBytes is { } most)
        {
            RemoveOldest(most, hours, removable);
        }

        archive?.End(hours.Select(CapturePaths.EventsFolder).Concat(LossDates().Select(date => $"{CapturePaths.Loss}/{date}")));
    }

    private bool MayRemove(Hour hour) => archive?.MayRemove(hour) ?? true;

    private void RemoveOldest(long most, List<Hour> hours, List<Hour> removable)
    {
        var bytes = hours.Sum(Bytes) + LossDates().Sum(date => capture.Root.Files($"{CapturePaths.Loss}/{date}").Sum(file => file.Bytes));
        var removed = new List<Hour>();
        foreach (var hour in removable)
        {
            if (bytes > most && MayRemove(hour))
            {
                bytes -= Bytes(hour);
                Remove(hour);
                removed.Add(hour);
            }
        }

        if (removed.Count > 0)
        {
            log.Info(string.Create(
                CultureInfo.InvariantCulture,
                $"removed the {removed.Count} oldest hours, up to {removed[^1]}: the capture had more than {most} bytes (--retain-bytes)"));
        }

        if (bytes > most)
        {
            RemoveOldestPieces(bytes, most, hours);
        }
    }

    /// <summary>Segments stay: they are being written, or become pieces next.</summary>
    private void RemoveOldestPieces(long bytes, long most, List<Hour> hours)
    {
        var pieces = hours.SelectMany(hour => capture.Root.FilesByAge(CapturePaths.HotFolder(hour)).Select(file => (Path: $"{CapturePaths.HotFolder(hour)}/{file.Name}", file.Bytes)))
            .Where(file => CapturePaths.IsPiece(file.Path)).ToList();
        var removed = pieces.TakeWhile(piece => (bytes -= piece.Bytes) + piece.Bytes > most).ToList();
        removed.ForEach(piece => capture.Root.Delete(piece.Path));
        if (removed.Count > 0)
        {
            log.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"removed the {removed.Count} oldest pieces of hours that are not over: they alone have more than {most} bytes (--retain-bytes). Raise it, or this node keeps less than an hour."));
        }
    }

    private long Bytes(Hour hour) => Folders(hour).Sum(folder => capture.Root.Files(folder).Sum(file => file.Bytes));

    private void Remove(Hour hour)
    {
        foreach (var folder in Folders(hour))
        {
            RemoveFiles(folder);
            capture.DeleteIfEmpty(folder);
        }
    }

    private void RemoveLosses(long before)
    {
        foreach (var date in LossDates())
        {
            if (CapturePaths.TryParseLastHour(date, out var last) && last.End <= before && (archive?.AllArchived($"{CapturePaths.Loss}/{date}") ?? true))
            {
                RemoveFiles($"{CapturePaths.Loss}/{date}");
                capture.Root.DeleteIfEmpty($"{CapturePaths.Loss}/{date}");
            }
        }
    }

    private void RemoveRollups(long before)
    {
        foreach (var folder in capture.Hours(CapturePaths.Rollup).Where(hour => hour.End <= before).Select(CapturePaths.RollupFolder).ToList())
        {
            RemoveFiles(folder);
            capture.DeleteIfEmpty(folder);
        }
    }

    private void RemoveFiles(string folder)
    {
        foreach (var (name, _) in capture.Root.Files(folder))
        {
            if (CapturePaths.IsSealed(name) || CapturePaths.IsDamaged(name) || CapturePaths.IsSegment(name) || CapturePaths.IsLossJournal(name)
                || CapturePaths.IsHotRollup(name) || CapturePaths.IsPartial(name))
            {
                UploadMark.Remove(capture.Root, $"{folder}/{name}"); // first: a mark must not speak for a later file of this name
                capture.Root.Delete($"{folder}/{name}");
            }
        }
    }

    private string[] LossDates() => [.. capture.Root.Names(CapturePaths.Loss).Where(CapturePaths.IsDate)];

    private static string[] Folders(Hour hour) => [CapturePaths.EventsFolder(hour), CapturePaths.HotFolder(hour)];
}
