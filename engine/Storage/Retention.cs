using System.Globalization;
using NetMon.Storage.Archive;

namespace NetMon.Storage;

/// <summary>Removes the oldest hours when they are too old or all together too much. One thread.</summary>
/// <param name="layout">The capture directory.</param>
/// <param name="options">The bounds.</param>
/// <param name="archive">What may go because it is in the bucket; null where nothing is archived: everything may.</param>
/// <param name="report">Takes a line for the operator.</param>
internal sealed class Retention(CaptureLayout layout, ParquetSinkOptions options, ArchiveGuard? archive, Action<string> report)
{
    private static readonly string[] Endings = [CaptureLayout.SealedEnding, CaptureLayout.SegmentEnding, CaptureLayout.LossEnding, ".partial"];

    /// <summary>Removes what is beyond the bounds.</summary>
    /// <param name="now">The event stream's time, Unix nanoseconds.</param>
    /// <param name="inUse">Hours that are not removed, however old.</param>
    /// <exception cref="IOException">The directory can't be read or changed.</exception>
    public void Run(long now, IReadOnlyCollection<Hour> inUse)
    {
        var hours = layout.Hours(CaptureLayout.Events).Concat(layout.Hours(CaptureLayout.Hot)).Distinct().OrderBy(hour => hour.Index).ToList();
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

        if (options.RetainBytes is { } most)
        {
            RemoveOldest(most, hours, removable);
        }

        archive?.End(hours.Select(CaptureLayout.EventsFolder).Concat(LossDates().Select(date => $"{CaptureLayout.Loss}/{date}")));
    }

    private bool MayRemove(Hour hour) => archive?.MayRemove(hour) ?? true;

    private void RemoveOldest(long most, List<Hour> hours, List<Hour> removable)
    {
        var bytes = hours.Sum(Bytes) + LossDates().Sum(date => layout.Root.Files($"{CaptureLayout.Loss}/{date}").Sum(file => file.Bytes));
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
            report(string.Create(
                CultureInfo.InvariantCulture,
                $"parquet: removed {removed.Count} of the oldest hours, up to {removed[^1]}: the capture had more than {most} bytes (--retain-bytes)"));
        }
    }

    private long Bytes(Hour hour) => Folders(hour).Sum(folder => layout.Root.Files(folder).Sum(file => file.Bytes));

    private void Remove(Hour hour)
    {
        foreach (var folder in Folders(hour))
        {
            RemoveFiles(folder);
            layout.DeleteIfEmpty(folder);
        }
    }

    private void RemoveLosses(long before)
    {
        foreach (var date in LossDates())
        {
            if (Hour.TryParsePartition($"{date}/hour=23", out var last) && last.End <= before && (archive?.AllArchived($"{CaptureLayout.Loss}/{date}") ?? true))
            {
                RemoveFiles($"{CaptureLayout.Loss}/{date}");
                layout.Root.DeleteIfEmpty($"{CaptureLayout.Loss}/{date}");
            }
        }
    }

    private void RemoveFiles(string folder)
    {
        foreach (var (name, _) in layout.Root.Files(folder))
        {
            if (Endings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal)))
            {
                ArchiveMark.Remove(layout.Root, $"{folder}/{name}"); // first: a mark must not speak for a later file of this name
                layout.Root.Delete($"{folder}/{name}");
            }
        }
    }

    private string[] LossDates() => [.. layout.Root.Names(CaptureLayout.Loss).Where(name => name.StartsWith("date=", StringComparison.Ordinal))];

    private static string[] Folders(Hour hour) => [CaptureLayout.EventsFolder(hour), CaptureLayout.HotFolder(hour)];
}
