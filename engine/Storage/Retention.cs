using System.Globalization;
using NetMon.Foundation.Logging;
using NetMon.Storage.Uploads;

namespace NetMon.Storage;

/// <summary>
/// Removes the oldest hours when they exceed the maximum age, the maximum total size, or the free disk space to keep; and, if that is not
/// enough, the oldest pieces of hours that are not over. Removals are counted, and logged once per pass. For the sealing thread.
/// </summary>
/// <param name="capture">The capture directory.</param>
/// <param name="options">The limits.</param>
/// <param name="archive">Decides which files have been uploaded and may be removed; null if no archive is configured: all may.</param>
/// <param name="floor">Measures free disk space.</param>
/// <param name="remover">Removes files.</param>
/// <param name="log">For the operator.</param>
internal sealed class Retention(CaptureDirectory capture, CaptureSinkOptions options, UploadGuard? archive, DiskFloor floor, Remover remover, Logger log)
{
    /// <summary>How long to wait for the space of removed files, which stays in use while a reader has them open.</summary>
    private const long PruneEveryMilliseconds = 10_000;

    /// <summary>The tiers that outlive the events: roll-ups, and the owners of the addresses in them.</summary>
    private static readonly (string Tier, Func<Hour, string> Of)[] SumsFolders = [(CapturePaths.Rollup, CapturePaths.RollupFolder), (CapturePaths.Owners, CapturePaths.OwnersFolder)];

    private readonly SteadyClock _clock = new(options.ClockSteadyFor);
    private long _nextPrune;

    /// <summary>Removes what exceeds the limits.</summary>
    /// <param name="now">The time of the event stream, Unix nanoseconds; 0 if unknown because no event source runs: then nothing is removed.</param>
    /// <param name="inUse">Returns the hours that must be kept regardless of age; called after the hours have been listed.</param>
    /// <exception cref="IOException">The directory can't be read or modified.</exception>
    public void Run(long now, Func<HashSet<Hour>> inUse)
    {
        var isSteady = now != 0 && IsSteady(now);
        var all = capture.Hours(CapturePaths.Events).Concat(capture.Hours(CapturePaths.Hot)).Distinct().OrderBy(hour => hour.Index).ToList();
        var hours = isSteady ? FutureFirst(all, now) : all;
        archive?.Begin();
        var kept = inUse();
        var removable = hours.Where(hour => hour != Hour.Of(now) && !kept.Contains(hour)).ToList();
        if (isSteady && options.RetainFor is { } time)
        {
            RemoveOld(now - time.Ticks * TimeSpan.NanosecondsPerTick, hours, removable);
        }

        if (isSteady && options.RetainRollups is { } rollupTime)
        {
            var before = now - rollupTime.Ticks * TimeSpan.NanosecondsPerTick;
            foreach (var folderOf in SumsFolders)
            {
                RemoveSums(
                    capture.Hours(folderOf.Tier).Where(hour => hour.End <= before && (archive?.AllArchived(folderOf.Of(hour)) ?? true)).Select(folderOf.Of), RemovalReason.RetainRollups);
            }
        }

        if (now != 0 && options.RetainBytes is { } most)
        {
            RemoveSurplus(most, hours, removable);
        }

        if (now != 0)
        {
            Prune(hours, removable);
        }

        archive?.End(hours.Select(CapturePaths.EventsFolder).Concat(SumsFolders.SelectMany(sums => capture.Hours(sums.Tier).Select(sums.Of)))
            .Concat(LossDates().Select(date => $"{CapturePaths.Loss}/{date}")));
    }

    private bool IsSteady(long now)
    {
        var isSteady = _clock.Look(now, TimeSpan.FromMilliseconds(Environment.TickCount64));
        if (_clock.SetBy != TimeSpan.Zero)
        {
            log.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"the clock was changed by {_clock.SetBy.TotalSeconds:0} s. No hour is removed by age (--retain-for) until the clock has been steady for {options.ClockSteadyFor.TotalMinutes:0} minutes."));
        }

        return isSteady;
    }

    /// <summary>Puts hours in the future, which a wrong clock produced, first, so that they do not outlive the correct ones.</summary>
    private static List<Hour> FutureFirst(List<Hour> hours, long now) =>
        [.. hours.Where(hour => hour.Index > Hour.Of(now).Index + 1), .. hours.Where(hour => hour.Index <= Hour.Of(now).Index + 1)];

    private bool MayRemove(Hour hour) => archive?.MayRemove(hour) ?? true;

    private void RemoveOld(long before, List<Hour> hours, List<Hour> removable)
    {
        var old = removable.Where(hour => hour.End <= before).Where(MayRemove).ToList();
        Say(old, Remove(old, RemovalReason.RetainFor, hours, removable), "they were older than --retain-for");
        foreach (var date in LossDates())
        {
            if (CapturePaths.TryParseLastHour(date, out var last) && last.End <= before && (archive?.AllArchived($"{CapturePaths.Loss}/{date}") ?? true))
            {
                remover.RemoveFiles($"{CapturePaths.Loss}/{date}", RemovalReason.RetainFor);
                capture.Root.DeleteIfEmpty($"{CapturePaths.Loss}/{date}");
            }
        }
    }

    private void RemoveSurplus(long most, List<Hour> hours, List<Hour> removable)
    {
        var surplus = hours.Sum(remover.BytesOf) + LossDates().Sum(date => capture.Files($"{CapturePaths.Loss}/{date}").Sum(file => file.Bytes)) - most;
        surplus -= RemoveHours(surplus, RemovalReason.RetainBytes, hours, removable, string.Create(CultureInfo.InvariantCulture, $"the capture had more than {most} bytes (--retain-bytes)"));
        if (RemovePieces(surplus, RemovalReason.RetainBytes, hours) is { Files: > 0 } pieces)
        {
            log.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"removed the {pieces.Files} oldest pieces of unfinished hours ({pieces.Bytes} bytes): they alone exceed {most} bytes (--retain-bytes). Raise it; otherwise this node keeps less than an hour."));
        }
    }

    /// <summary>Frees disk space.</summary>
    private void Prune(List<Hour> hours, List<Hour> removable)
    {
        var missing = floor.Missing(out var free, out var reserved);
        if (missing == 0 || Environment.TickCount64 < _nextPrune)
        {
            return;
        }

        var why = string.Create(CultureInfo.InvariantCulture, $"the file system had {free} bytes free, but --keep-free reserves {reserved}");
        var before = missing;
        missing -= RemoveHours(missing, RemovalReason.KeepFree, hours, removable, why);
        var pieces = RemovePieces(missing, RemovalReason.KeepFree, hours);
        if (pieces.Files > 0)
        {
            log.Warn(string.Create(CultureInfo.InvariantCulture, $"removed the {pieces.Files} oldest pieces of unfinished hours ({pieces.Bytes} bytes): {why}."));
        }

        missing -= pieces.Bytes;
        missing -= missing <= 0 || archive is not null ? 0 : RemoveSums(OldestSums(), RemovalReason.KeepFree);
        _nextPrune = missing < before ? Environment.TickCount64 + PruneEveryMilliseconds : 0;
    }

    /// <summary>Removes hours from the start of the list until <paramref name="surplus"/> bytes are removed; returns the bytes removed.</summary>
    private long RemoveHours(long surplus, RemovalReason reason, List<Hour> hours, List<Hour> removable, string why)
    {
        List<Hour> chosen = [];
        foreach (var hour in removable)
        {
            if (surplus > 0 && MayRemove(hour))
            {
                surplus -= remover.BytesOf(hour);
                chosen.Add(hour);
            }
        }

        var bytes = Remove(chosen, reason, hours, removable);
        Say(chosen, bytes, why);
        return bytes;
    }

    /// <summary>Removes the oldest pieces until <paramref name="surplus"/> bytes are removed. Segments are kept: they are being written or become pieces next.</summary>
    private (int Files, long Bytes) RemovePieces(long surplus, RemovalReason reason, List<Hour> hours)
    {
        var (files, bytes) = (0, 0L);
        if (archive is not null)
        {
            return (files, bytes); // pieces are never in the bucket
        }

        foreach (var folder in hours.Select(CapturePaths.HotFolder))
        {
            foreach (var (name, size) in surplus > 0 ? capture.Root.FilesByAge(folder) : [])
            {
                if (bytes < surplus && (CapturePaths.IsSealed(name) || CapturePaths.IsDamaged(name)))
                {
                    remover.RemovePiece($"{folder}/{name}", size, reason);
                    (files, bytes) = (files + 1, bytes + size);
                }
            }
        }

        return (files, bytes);
    }

    private long Remove(List<Hour> chosen, RemovalReason reason, List<Hour> hours, List<Hour> removable)
    {
        var bytes = 0L;
        foreach (var hour in chosen)
        {
            bytes += remover.Remove(hour, reason);
            hours.Remove(hour);
            removable.Remove(hour);
        }

        return bytes;
    }

    private void Say(List<Hour> removed, long bytes, string why)
    {
        if (removed.Count > 0)
        {
            log.Info(string.Create(CultureInfo.InvariantCulture, $"removed {removed.Count} hours, {removed[0]} to {removed[^1]} ({bytes} bytes): {why}."));
        }
    }

    private long RemoveSums(IEnumerable<string> folders, RemovalReason reason)
    {
        var bytes = 0L;
        foreach (var folder in folders.ToList())
        {
            bytes += remover.RemoveFiles(folder, reason);
            capture.DeleteIfEmpty(folder);
        }

        return bytes;
    }

    /// <summary>Returns the roll-ups and owners of the oldest hour that has any.</summary>
    private IEnumerable<string> OldestSums()
    {
        var oldest = SumsFolders.SelectMany(sums => capture.Hours(sums.Tier)).OrderBy(hour => hour.Index).Take(1).ToList();
        return oldest.SelectMany(hour => SumsFolders.Select(sums => sums.Of(hour)));
    }

    private string[] LossDates() => [.. capture.Folders(CapturePaths.Loss).Where(CapturePaths.IsDate)];
}
