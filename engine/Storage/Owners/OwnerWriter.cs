using NetMon.Storage.Cold;

namespace NetMon.Storage.Owners;

/// <summary>
/// Writes files of owners: in hot/ for the current hour, under a new name each time, and in owners/ for an hour that is over.
/// <see cref="Add"/> queues what to write and is thread-safe; <see cref="Write"/> is for the sealing thread.
/// </summary>
internal sealed class OwnerWriter(CaptureDirectory capture, CaptureSinkOptions options, FailureLog failures, Action<SealJob> seal)
{
    /// <summary>The maximum number of hours that wait while the disk fails; beyond it the oldest is dropped, and its file in hot/ stays.</summary>
    private const int MostWaiting = 48;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, OwnerSnapshot> _waiting = [];
    private readonly Dictionary<Hour, string> _hot = [];

    /// <summary>Queues an hour's ranges, replacing any that wait for the same hour.</summary>
    public void Add(Hour hour, OwnerSnapshot snapshot)
    {
        lock (_gate)
        {
            _waiting[hour.Index] = snapshot with { IsOver = snapshot.IsOver || (_waiting.TryGetValue(hour.Index, out var before) && before.IsOver) };
            if (_waiting.Count > MostWaiting)
            {
                _waiting.Remove(_waiting.Keys.First());
            }
        }

        seal(new SealJob(SealKind.Owners, hour, []));
    }

    /// <summary>Writes the queued ranges of an hour; on failure they stay queued.</summary>
    public void Write(Hour hour)
    {
        if (Take(hour) is not { } snapshot)
        {
            return;
        }

        try
        {
            Write(hour, snapshot);
            failures.Succeeded();
        }
        catch (Exception failure)
        {
            PutBack(hour, snapshot);
            failures.Failed(failure, rowsLost: 0);
        }
    }

    /// <summary>Schedules failed writes again.</summary>
    public void TryAgain()
    {
        Hour[] hours;
        lock (_gate)
        {
            hours = [.. _waiting.Keys.Select(index => new Hour(index))];
        }

        Array.ForEach(hours, hour => seal(new SealJob(SealKind.Owners, hour, [])));
    }

    private OwnerSnapshot? Take(Hour hour)
    {
        lock (_gate)
        {
            return _waiting.Remove(hour.Index, out var snapshot) ? snapshot : null;
        }
    }

    private void PutBack(Hour hour, OwnerSnapshot snapshot)
    {
        lock (_gate)
        {
            _waiting.TryAdd(hour.Index, snapshot);
        }
    }

    private void Write(Hour hour, OwnerSnapshot snapshot)
    {
        var folder = CapturePaths.HotFolder(hour);
        capture.Root.MakeFolder(folder);
        var partial = capture.NewPartial(hour);
        var path = capture.NewOwners(hour);
        try
        {
            OwnerFile.Write(capture.Root.Create(partial, mayExist: false), snapshot.Rows, snapshot.Known, options);
            options.SealStep?.Invoke("owners written");
            if (snapshot.IsOver)
            {
                capture.Seal(partial, CapturePaths.OwnersFolder(hour));
            }
            else
            {
                capture.Publish(partial, path);
                capture.SyncFolders(folder);
            }
        }
        catch
        {
            capture.Root.Delete(partial);
            throw;
        }

        options.SealStep?.Invoke("owners renamed");
        if (_hot.Remove(hour, out var before))
        {
            capture.Root.Delete(before);
        }

        if (snapshot.IsOver)
        {
            capture.DeleteIfEmpty(folder);
        }
        else
        {
            _hot[hour] = path;
        }
    }
}
