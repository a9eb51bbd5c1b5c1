using NetMon.Storage.Cold;

namespace NetMon.Storage.Owners;

/// <summary>
/// Writes files of owners: of an hour that goes on in hot/, each time under a new name, and of one that is over in owners/. What waits to be
/// written is handed over by <see cref="Add"/>, on any thread; <see cref="Write"/> is for the thread that seals.
/// </summary>
internal sealed class OwnerWriter(CaptureDirectory capture, CaptureSinkOptions options, FailureLog failures, Action<SealJob> seal)
{
    /// <summary>Hours that may wait for a disk that takes nothing; the oldest is forgotten, and its file in hot/ stays.</summary>
    private const int MostWaiting = 48;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, OwnerSnapshot> _waiting = [];
    private readonly Dictionary<Hour, string> _hot = [];

    /// <summary>Has an hour's ranges written, in the place of what waits of it.</summary>
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

    /// <summary>Writes what waits of an hour; what can't be written waits on.</summary>
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

    /// <summary>Has what could not be written tried again.</summary>
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
