using System.Globalization;
using DuckDB.NET.Data;
using NetMon.Foundation.Logging;
using NetMon.Query.Buckets;
using NetMon.Query.Files;
using NetMon.Query.Filters;
using NetMon.Query.Planning;
using NetMon.Storage;

namespace NetMon.Query;

/// <summary>
/// Takes snapshots of a capture, a directory or a bucket, for the attempts at one answer. It leaves out files known to be damaged
/// and logs each of them once. Not thread-safe.
/// </summary>
internal sealed class SnapshotSource(CaptureSettings capture, Filter filter, Logger log) : IDisposable
{
    private readonly Dictionary<string, string> _damaged = new(StringComparer.Ordinal);
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private readonly BucketCapture? _bucket = capture.Bucket is null ? null : BucketCapture.Open(capture.Bucket);

    /// <summary>Takes a snapshot of what a question needs. The caller disposes of it.</summary>
    /// <exception cref="QueryException">A file can't be read and the question is strict, or the bucket can't be read.</exception>
    /// <exception cref="IOException">The capture can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the capture is denied.</exception>
    public Snapshot Take(QuestionScope scope)
    {
        _bucket?.Bring(scope, _damaged);
        var snapshot = Snapshot.Take(_bucket?.Folder ?? capture.Place, scope, _damaged);
        if (_bucket is not null && snapshot.LeftOut.Where(file => _bucket.MayBringAgain(file.Path)).ToList() is { Count: > 0 } stale)
        {
            snapshot.Dispose();
            stale.ForEach(file => _damaged[file.Path] = file.Reason);
            return Take(scope); // files that are corrupt in the cache may be intact in the bucket
        }

        foreach (var file in (_bucket?.LeftOut ?? []).Concat(snapshot.LeftOut).Where(file => _named.Add(file.Path)))
        {
            var (name, reason) = _bucket is null ? (file.Path, file.Reason) : (_bucket.NameOf(file.Path), _bucket.NameOf(file.Reason));
            if (capture.IsStrict)
            {
                snapshot.Dispose();
                throw new QueryException($"{name}: {reason}. Without --strict it is left out");
            }

            log.Warn($"{name} is left out: {reason}");
        }

        NameSumsAlone(snapshot);
        return snapshot;
    }

    /// <summary>Returns the time of the capture's last event, from its last hour; if that has none that can be read, from all hours.</summary>
    public DateTime? FindEnd(CaptureDatabase database)
    {
        var last = _bucket is null ? Snapshot.LastHour(capture.Place) : _bucket.LastHour();
        foreach (var bounds in last is { } hour ? (ScanBounds[])[ScanBounds.Everything with { From = hour }, ScanBounds.Everything] : [ScanBounds.Everything])
        {
            var scope = new QuestionScope();
            scope.Add(Relation.Kept, bounds);
            scope.Add(Relation.Rollups, bounds);
            using var snapshot = Take(scope);
            if (database.LastTime(snapshot) is { } end)
            {
                return end;
            }
        }

        return null;
    }

    /// <summary>Returns the error for a capture without any event.</summary>
    public QueryException NoEvents() =>
        new($"{(_bucket is null ? Path.GetFullPath(capture.Place) : capture.Place)} has no events yet: events can be read about a second after they happen, while netmon run --capture is running");

    /// <summary>Whether a file caused the failure; the next attempt leaves it out.</summary>
    public bool FindsCause(DuckDBException e, Snapshot snapshot, CaptureDatabase database)
    {
        if (DuckMessage.IsOfQuestion(e))
        {
            return false;
        }

        var files = snapshot.Events.Concat(snapshot.Unrolled).Concat(snapshot.Kept).Concat(snapshot.Rollups).Concat(snapshot.SealedLosses).Concat(snapshot.Owned).Concat(snapshot.Holding)
            .DistinctBy(file => file.File.Path).ToList();
        var gone = files.Where(file => !File.Exists(file.File.Path)).ToList();
        if (gone.Count > 0)
        {
            return true; // sealed or removed in the meantime
        }

        var named = files.Where(file => e.Message.Contains(file.File.Path, StringComparison.Ordinal)).ToList();
        foreach (var file in named.Count > 0 ? named : files)
        {
            if (database.DamageOf(file.File.Path) is { } damage)
            {
                _damaged[file.File.Path] = $"it is damaged ({damage})";
            }
        }

        return files.Any(file => _damaged.ContainsKey(file.File.Path));
    }

    public void Dispose() => _bucket?.Dispose();

    /// <summary>Reports once which hours are not in the answer because their rows have been removed.</summary>
    private void NameSumsAlone(Snapshot snapshot)
    {
        if (snapshot.SumsAlone.Count > 0 && _named.Add(CapturePaths.Rollup))
        {
            var why = filter.Uncarried is { Count: > 0 } options ? $"can't be filtered by {string.Join(", ", options)}" : "can't be split at --since and --until";
            log.Warn(string.Create(CultureInfo.InvariantCulture, $"hours of {snapshot.SumsAlone.Min(file => file.Start):yyyy-MM-dd HH:mm} to {snapshot.SumsAlone.Max(file => file.Start).AddHours(1):yyyy-MM-dd HH:mm} are left out: their events were removed, and the remaining roll-ups {why}"));
        }
    }
}
