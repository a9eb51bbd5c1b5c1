using NetMon.Parquet.Reading;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Keeps the roll-ups of a capture directory. Pieces are summed up while they are written, and once their keys or events are many a roll-up in
/// hot/ is made of them; eight of one level become one of the next, so that the hour's is made of few. Crash-proof by order and by what each
/// lists: a roll-up is written aside, made durable and renamed before those are removed that it was made of; whoever finds both ignores what another one lists. A roll-up is never needed, since its rows are there: what fails is logged
/// and done again later. The thread that seals.
/// </summary>
internal sealed class Rollups
{
    private readonly CaptureDirectory _capture;
    private readonly CaptureSinkOptions _options;
    private readonly FailureLog _failures;
    private readonly HotRollups _hot;
    private readonly PieceRollups _pieces;
    private readonly HashSet<Hour> _unfinished = [];

    /// <param name="capture">Where they are; borrowed.</param>
    /// <param name="options">What to say in the files, and who may know names.</param>
    /// <param name="failures">Told of what has to be done again later.</param>
    public Rollups(CaptureDirectory capture, CaptureSinkOptions options, FailureLog failures)
    {
        (_capture, _options, _failures) = (capture, options, failures);
        _hot = new HotRollups(capture, options);
        _pieces = new PieceRollups(capture, options, failures, _hot);
    }

    /// <summary>Hours with sealed files that have no roll-ups yet, because of a crash or a failure; the next call for any of them makes these.</summary>
    public IReadOnlyCollection<Hour> Unfinished => _unfinished;

    /// <summary>
    /// Looks through what earlier runs left in hot/: what is damaged, superfluous or without its pieces goes. Hours that were sealed without
    /// their roll-ups are in <see cref="Unfinished"/>.
    /// </summary>
    /// <param name="interrupted">Hours that were sealed, but not to the end.</param>
    /// <exception cref="IOException">The directory can't be read or changed.</exception>
    public void TakeOver(IEnumerable<Hour> interrupted)
    {
        _unfinished.UnionWith(interrupted);
        foreach (var files in _capture.FindHot(CapturePaths.RollupExtension).ToLookup(file => file.Hour, file => file.Path))
        {
            TakeOver(files.Key, files);
        }
    }

    /// <summary>What sums up the next piece while it is written. Never throws: what fails is logged.</summary>
    /// <param name="hour">The piece's.</param>
    public IRowGroupTap BeginPiece(Hour hour)
    {
        if (_pieces.Sums.Hour != hour)
        {
            Try(_pieces.CoverSummedUp);
        }

        _pieces.Sums.Begin(hour);
        return _pieces.Sums;
    }

    /// <summary>The piece that was begun last is in its place.</summary>
    public void KeepPiece(string path) => _pieces.Sums.Keep(CapturePaths.NameOf(path));

    /// <summary>Sums up the pieces of an hour that have no roll-up yet, once they are enough to be summed up together. Never throws: what fails is logged.</summary>
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
    /// Makes the roll-ups of those sealed files of an hour that have none, and removes those in hot/ that they replace. To be called when a
    /// sealed file is in its place, before the pieces are removed; again does no harm. Never throws: what fails is logged.
    /// </summary>
    public void Seal(Hour hour)
    {
        _unfinished.Add(hour);
        foreach (var unfinished in _unfinished.ToList())
        {
            Try(() => SealAll(unfinished));
        }
    }

    /// <summary>Gives the buffers, which are as large as a row group, back. Never throws: what fails is logged.</summary>
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
                _failures.Failed(damage, rowsLost: 0); // it stays without
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

    /// <summary>Names of the pieces that are in sealed files.</summary>
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

    /// <summary>Makes the roll-up of a sealed file: of those of its pieces if they have all of its events, else of its events.</summary>
    private void Seal(Hour hour, string name)
    {
        var path = $"{CapturePaths.EventsFolder(hour)}/{name}";
        using var file = _pieces.Files.Open(path);
        if (file.Metadata.GetValueOrDefault(FileMetadata.NodeKey) != _options.Node)
        {
            return; // another node's, whose name begins with this one's
        }

        var names = SealedFile.MadeOf(file.Metadata).ToHashSet(StringComparer.Ordinal);
        _pieces.Cover(hour, _capture.PiecesOf(hour).Where(piece => names.Contains(CapturePaths.NameOf(piece))), isLast: true);
        var rollups = _hot.Of(hour).All.Where(rollup => rollup.Pieces.All(names.Contains)).ToList();
        var late = _options.NamesOf is { } namesOf ? new LateNames(namesOf) : null;
        var partial = (rollups.Count > 0 && rollups.Sum(rollup => rollup.Events) == file.Rows ? TryMerge(hour, rollups, new RollupOrigin(names, file.Rows, Level: 0), late) : null)
            ?? _pieces.Files.FromEvents(hour, [path], names, late).Partial;
        _pieces.Files.Publish(partial, $"{CapturePaths.RollupFolder(hour)}/{name}");
    }

    /// <summary>Merges; null if one of them is damaged: they are to be made anew of their pieces or events.</summary>
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
