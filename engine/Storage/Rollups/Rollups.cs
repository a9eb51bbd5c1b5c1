using NetMon.Parquet.Reading;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Maintains the roll-ups of a capture directory. Pieces are summed up while they are written; once there are many keys or events, a
/// roll-up in hot/ is made from them. Eight roll-ups of one level are merged into one of the next, so that an hour's roll-up is made from few.
/// Crash-safe: a roll-up is written to a temporary file, made durable and renamed before its inputs are removed, and inputs that another
/// roll-up lists are ignored. Roll-ups can always be rebuilt from their rows, so failures are logged and retried later. For the sealing
/// thread.
/// </summary>
internal sealed class Rollups
{
    private readonly CaptureDirectory _capture;
    private readonly CaptureSinkOptions _options;
    private readonly FailureLog _failures;
    private readonly HotRollups _hot;
    private readonly PieceRollups _pieces;
    private readonly HashSet<Hour> _unfinished = [];

    /// <param name="capture">The capture directory; borrowed.</param>
    /// <param name="options">For the files' metadata, and the source of late names.</param>
    /// <param name="failures">Logs what must be retried later.</param>
    public Rollups(CaptureDirectory capture, CaptureSinkOptions options, FailureLog failures)
    {
        (_capture, _options, _failures) = (capture, options, failures);
        _hot = new HotRollups(capture, options);
        _pieces = new PieceRollups(capture, options, failures, _hot);
    }

    /// <summary>Hours with sealed files that lack a roll-up because of a crash or a failure. The next call for any of them makes it.</summary>
    public IReadOnlyCollection<Hour> Unfinished => _unfinished;

    /// <summary>
    /// Scans what earlier runs left in hot/ and removes roll-ups that are corrupt, superfluous or without their pieces. Adds hours that were
    /// sealed without their roll-ups to <see cref="Unfinished"/>.
    /// </summary>
    /// <param name="interrupted">Hours with an interrupted seal.</param>
    /// <exception cref="IOException">The directory can't be read or modified.</exception>
    public void TakeOver(IEnumerable<Hour> interrupted)
    {
        _unfinished.UnionWith(interrupted);
        foreach (var files in _capture.FindHot(CapturePaths.RollupExtension).ToLookup(file => file.Hour, file => file.Path))
        {
            TakeOver(files.Key, files);
        }
    }

    /// <summary>Returns the tap that sums up the next piece while it is written. Never throws: failures are logged.</summary>
    /// <param name="hour">The piece's hour.</param>
    public IRowGroupTap BeginPiece(Hour hour)
    {
        if (_pieces.Sums.Hour != hour)
        {
            Try(_pieces.CoverSummedUp);
        }

        _pieces.Sums.Begin(hour);
        return _pieces.Sums;
    }

    /// <summary>Confirms that the last piece begun has been published.</summary>
    public void KeepPiece(string path) => _pieces.Sums.Keep(CapturePaths.NameOf(path));

    /// <summary>Sums up the pieces of an hour that have no roll-up yet, once there are enough of them. Never throws: failures are logged.</summary>
    public void SumUp(Hour hour) => Try(() =>
    {
        if (_unfinished.Contains(hour))
        {
            SealAll(hour);
        }

        if (_pieces.AreSumsMany)
        {
            _pieces.CoverSummedUp();
        }

        _pieces.Cover(hour, _capture.PiecesOf(hour), isLast: false);
        while (_hot.Of(hour).Mergeable() is { Count: > 0 } rollups)
        {
            Merge(hour, rollups);
        }
    });

    /// <summary>
    /// Makes the missing roll-ups of an hour's sealed files, and removes the ones in hot/ that they replace. Must be called when a sealed file
    /// has been published, before its pieces are removed; idempotent. Never throws: failures are logged.
    /// </summary>
    public void Seal(Hour hour)
    {
        _unfinished.Add(hour);
        foreach (var unfinished in _unfinished.ToList())
        {
            Try(() => SealAll(unfinished));
        }
    }

    /// <summary>Releases the buffers, which have the size of a row group. Never throws: failures are logged.</summary>
    public void Forget()
    {
        Try(_pieces.CoverSummedUp);
        _pieces.Forget();
    }

    private void SealAll(Hour hour)
    {
        var folder = CapturePaths.EventsFolder(hour);
        foreach (var name in _capture.SealedIn(folder).Where(name => !_capture.Root.Has($"{CapturePaths.RollupFolder(hour)}/{name}")).ToList())
        {
            try
            {
                Seal(hour, name);
            }
            catch (DamagedFileException damage)
            {
                _failures.Failed(damage, rowsLost: 0); // the file stays without a roll-up
            }
        }

        var names = SealedIn(hour);
        var pieces = _capture.PiecesOf(hour).Select(CapturePaths.NameOf).Where(piece => !names.Contains(piece)).ToHashSet(StringComparer.Ordinal);
        foreach (var rollup in _hot.Of(hour).All.Where(rollup => !rollup.Pieces.Any(pieces.Contains)).ToList())
        {
            _hot.Remove(hour, rollup);
        }

        _capture.DeleteIfEmpty(CapturePaths.HotFolder(hour));
        _hot.ForgetIfEmpty(hour);
        _unfinished.Remove(hour);
        _pieces.ForgetDamage();
    }

    /// <summary>Returns the names of the pieces that are in sealed files.</summary>
    private HashSet<string> SealedIn(Hour hour) =>
        SealedFile.SegmentsIn(_capture, _capture.SealedIn(CapturePaths.EventsFolder(hour)).Select(name => $"{CapturePaths.EventsFolder(hour)}/{name}"));

    private void TakeOver(Hour hour, IEnumerable<string> paths)
    {
        var pieces = _capture.PiecesOf(hour).Select(CapturePaths.NameOf).ToHashSet(StringComparer.Ordinal);
        var isSealed = SealedIn(hour);
        foreach (var path in paths)
        {
            if (_pieces.Files.TryDescribe(path) is { } rollup && rollup.Pieces.Any(piece => pieces.Contains(piece) || isSealed.Contains(piece)))
            {
                _hot.Of(hour).Add(rollup with { IsClosed = rollup.Pieces.Any(isSealed.Contains) });
            }
            else
            {
                _capture.Root.Delete(path);
            }
        }

        foreach (var rollup in _hot.Of(hour).Superfluous())
        {
            _hot.Remove(hour, rollup);
        }

        if (_hot.Of(hour).All.Any(rollup => rollup.IsClosed))
        {
            _unfinished.Add(hour);
        }
    }

    private void Merge(Hour hour, IReadOnlyList<HotRollup> rollups)
    {
        var origin = new RollupOrigin([.. rollups.SelectMany(rollup => rollup.Pieces)], rollups.Sum(rollup => rollup.Events), rollups[0].Origin.Level + 1);
        if (TryMerge(hour, rollups, origin, names: null) is { } partial)
        {
            _hot.Publish(_pieces.Files, hour, partial, origin);
        }

        foreach (var rollup in rollups)
        {
            _hot.Remove(hour, rollup);
        }
    }

    /// <summary>Makes the roll-up of a sealed file: from the roll-ups of its pieces if they cover all its events, else from its events.</summary>
    private void Seal(Hour hour, string name)
    {
        var path = $"{CapturePaths.EventsFolder(hour)}/{name}";
        using var file = _pieces.Files.Open(path);
        if (file.Metadata.GetValueOrDefault(FileMetadata.NodeKey) != _options.Node)
        {
            return; // of another node with this one's name as a prefix
        }

        var names = SealedFile.MadeOf(file.Metadata).ToHashSet(StringComparer.Ordinal);
        _pieces.Cover(hour, _capture.PiecesOf(hour).Where(piece => names.Contains(CapturePaths.NameOf(piece))), isLast: true);
        var rollups = _hot.Of(hour).All.Where(rollup => rollup.Pieces.All(names.Contains)).ToList();
        var late = _options.NamesOf is { } namesOf ? new LateNames(namesOf) : null;
        var partial = (rollups.Count > 0 && rollups.Sum(rollup => rollup.Events) == file.Rows ? TryMerge(hour, rollups, new RollupOrigin(names, file.Rows, Level: 0), late) : null)
            ?? _pieces.Files.FromEvents(hour, [path], names, late).Partial;
        _pieces.Files.Publish(partial, $"{CapturePaths.RollupFolder(hour)}/{name}");
    }

    /// <summary>Merges roll-ups; null if one is corrupt, in which case they must be made from their pieces or events.</summary>
    private string? TryMerge(Hour hour, IReadOnlyList<HotRollup> rollups, RollupOrigin origin, LateNames? names)
    {
        try
        {
            return _pieces.Files.Merge(hour, rollups.Select(rollup => rollup.Path), origin, names);
        }
        catch (DamagedFileException damage)
        {
            _failures.Failed(damage, rowsLost: 0);
            return null;
        }
    }

    private void Try(Action action)
    {
        try
        {
            action();
            _failures.Succeeded();
        }
        catch (Exception failure)
        {
            _failures.Failed(failure, rowsLost: 0);
        }
    }
}
