using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Keeps the roll-ups of a capture directory. Eight row groups' worth of pieces are summed up at once, into a roll-up in hot/; sixteen of those
/// become one, so that the hour's is made of few. Crash-proof by order and by what each lists: a roll-up is written aside, made durable and renamed before those are removed that
/// it was made of; whoever finds both ignores what another one lists. A roll-up is never needed, since its rows are there: what fails is logged
/// and done again later. The thread that seals.
/// </summary>
internal sealed class Rollups(CaptureDirectory capture, CaptureSinkOptions options, FailureLog failures)
{
    private readonly Dictionary<Hour, HourRollups> _hours = [];
    private readonly HashSet<Hour> _unfinished = [];
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _rowsOf = new(StringComparer.Ordinal); // of pieces that were verified and wait to be summed up
    private RollupFiles? _files;

    /// <summary>Hours with sealed files that have no roll-ups yet, because of a crash or a failure; the next call for any of them makes these.</summary>
    public IReadOnlyCollection<Hour> Unfinished => _unfinished;

    private RollupFiles Files => _files ??= new RollupFiles(capture, options);

    /// <summary>
    /// Looks through what earlier runs left in hot/: what is damaged, superfluous or without its pieces goes. Hours that were sealed without
    /// their roll-ups are in <see cref="Unfinished"/>.
    /// </summary>
    /// <param name="interrupted">Hours that were sealed, but not to the end.</param>
    /// <exception cref="IOException">The directory can't be read or changed.</exception>
    public void TakeOver(IEnumerable<Hour> interrupted)
    {
        _unfinished.UnionWith(interrupted);
        foreach (var files in capture.FindHot(CapturePaths.RollupExtension).ToLookup(file => file.Hour, file => file.Path))
        {
            TakeOver(files.Key, files);
        }
    }

    /// <summary>Sums up the pieces of an hour that have no roll-up yet, once they are enough to be summed up together. Never throws: what fails is logged.</summary>
    public void SumUp(Hour hour) => Try(() =>
    {
        if (_unfinished.Contains(hour))
        {
            SealAll(hour);
        }

        CoverPieces(hour, capture.PiecesOf(hour), isLast: false);
        while (Of(hour).Mergeable(options.RollupEvents) is { Count: > 0 } rollups)
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

    /// <summary>Gives the buffers, which are as large as a row group, back.</summary>
    public void Forget()
    {
        _files?.Dispose();
        _files = null;
    }

    private HourRollups Of(Hour hour)
    {
        if (!_hours.TryGetValue(hour, out var rollups))
        {
            _hours.Add(hour, rollups = new HourRollups());
        }

        return rollups;
    }

    private void SealAll(Hour hour)
    {
        var folder = CapturePaths.EventsFolder(hour);
        foreach (var name in capture.SealedIn(folder).Where(name => !capture.Root.Has($"{CapturePaths.RollupFolder(hour)}/{name}")).ToList())
        {
            try
            {
                Seal(hour, name);
            }
            catch (DamagedFileException damage)
            {
                failures.Failed(damage, rowsLost: 0); // it stays without
            }
        }

        var names = SealedIn(hour);
        var pieces = capture.PiecesOf(hour).Select(CapturePaths.NameOf).Where(piece => !names.Contains(piece)).ToHashSet(StringComparer.Ordinal);
        foreach (var rollup in Of(hour).All.Where(rollup => !rollup.Pieces.Any(pieces.Contains)).ToList())
        {
            Remove(hour, rollup);
        }

        capture.DeleteIfEmpty(CapturePaths.HotFolder(hour));
        if (Of(hour).All.Count == 0)
        {
            _hours.Remove(hour);
        }

        _unfinished.Remove(hour);
        _damaged.Clear();
    }

    /// <summary>Names of the pieces that are in sealed files.</summary>
    private HashSet<string> SealedIn(Hour hour) =>
        SealedFile.SegmentsIn(capture, capture.SealedIn(CapturePaths.EventsFolder(hour)).Select(name => $"{CapturePaths.EventsFolder(hour)}/{name}"));

    private void TakeOver(Hour hour, IEnumerable<string> paths)
    {
        var pieces = capture.PiecesOf(hour).Select(CapturePaths.NameOf).ToHashSet(StringComparer.Ordinal);
        var isSealed = SealedIn(hour);
        foreach (var path in paths)
        {
            if (Files.TryDescribe(path) is { } rollup && rollup.Pieces.Any(piece => pieces.Contains(piece) || isSealed.Contains(piece)))
            {
                Of(hour).Add(rollup with { IsClosed = rollup.Pieces.Any(isSealed.Contains) });
            }
            else
            {
                capture.Root.Delete(path);
            }
        }

        foreach (var rollup in Of(hour).Superfluous())
        {
            Remove(hour, rollup);
        }

        if (Of(hour).All.Any(rollup => rollup.IsClosed))
        {
            _unfinished.Add(hour);
        }
    }

    private void Merge(Hour hour, IReadOnlyList<HotRollup> rollups)
    {
        string[] pieces = [.. rollups.SelectMany(rollup => rollup.Pieces)];
        var events = rollups.Sum(rollup => rollup.Events);
        if (TryMerge(hour, rollups, pieces, events, names: null) is { } partial)
        {
            Publish(hour, partial, pieces, events);
        }

        foreach (var rollup in rollups)
        {
            Remove(hour, rollup);
        }
    }

    /// <summary>Makes the roll-up of a sealed file: of those of its pieces if they have all of its events, else of its events.</summary>
    private void Seal(Hour hour, string name)
    {
        var path = $"{CapturePaths.EventsFolder(hour)}/{name}";
        using var file = Files.Open(path);
        if (file.Metadata.GetValueOrDefault(FileMetadata.NodeKey) != options.Node)
        {
            return; // another node's, whose name begins with this one's
        }

        var names = SealedFile.MadeOf(file.Metadata).ToHashSet(StringComparer.Ordinal);
        CoverPieces(hour, capture.PiecesOf(hour).Where(piece => names.Contains(CapturePaths.NameOf(piece))), isLast: true);
        var rollups = Of(hour).All.Where(rollup => rollup.Pieces.All(names.Contains)).ToList();
        var late = options.NamesOf is { } namesOf ? new LateNames(namesOf) : null;
        var partial = (rollups.Count > 0 && rollups.Sum(rollup => rollup.Events) == file.Rows ? TryMerge(hour, rollups, names, file.Rows, late) : null)
            ?? Files.FromEvents(hour, [path], names, late).Partial;
        Files.Publish(partial, $"{CapturePaths.RollupFolder(hour)}/{name}");
    }

    /// <summary>Sums up those pieces that have no roll-up yet. What is damaged is left to the sealed file.</summary>
    /// <param name="hour">Theirs.</param>
    /// <param name="pieces">All that there are.</param>
    /// <param name="isLast">Whether no more will come: else those wait that are not enough to be summed up together.</param>
    private void CoverPieces(Hour hour, IEnumerable<string> pieces, bool isLast)
    {
        List<string> together = [];
        var events = 0L;
        foreach (var path in pieces.Where(path => !_damaged.Contains(CapturePaths.NameOf(path)) && !Of(hour).Covers(CapturePaths.NameOf(path))).ToList())
        {
            try
            {
                if (!_rowsOf.TryGetValue(path, out var rows))
                {
                    _rowsOf.Add(path, rows = Files.Verify(path));
                }

                events += rows;
                together.Add(path);
            }
            catch (DamagedFileException damage)
            {
                _damaged.Add(CapturePaths.NameOf(path));
                failures.Failed(damage, rowsLost: 0);
            }

            if (events >= options.RollupEvents)
            {
                Cover(hour, together);
                (together, events) = ([], 0);
            }
        }

        if (isLast && together.Count > 0)
        {
            Cover(hour, together);
        }
    }

    private void Cover(Hour hour, List<string> paths)
    {
        paths.ForEach(path => _rowsOf.Remove(path));
        string[] names = [.. paths.Select(CapturePaths.NameOf)];
        try
        {
            var (partial, events) = Files.FromEvents(hour, paths, names, names: null);
            Publish(hour, partial, names, events);
        }
        catch (DamagedFileException damage)
        {
            _damaged.UnionWith(names);
            failures.Failed(damage, rowsLost: 0);
        }
    }

    /// <summary>Merges; null if one of them is damaged: they are to be made anew of their pieces or events.</summary>
    private string? TryMerge(Hour hour, IReadOnlyList<HotRollup> rollups, IReadOnlyCollection<string> pieces, long events, LateNames? names)
    {
        try
        {
            return Files.Merge(hour, rollups.Select(rollup => rollup.Path), pieces, events, names);
        }
        catch (DamagedFileException damage)
        {
            failures.Failed(damage, rowsLost: 0);
            return null;
        }
    }

    private void Publish(Hour hour, string partial, string[] pieces, long events)
    {
        var path = capture.NewRollup(hour);
        Files.Publish(partial, path);
        Of(hour).Add(new HotRollup(path, pieces, events));
    }

    private void Remove(Hour hour, HotRollup rollup)
    {
        capture.Root.Delete(rollup.Path);
        Of(hour).Remove(rollup);
        options.SealStep?.Invoke("roll-up removed");
    }

    private void Try(Action action)
    {
        try
        {
            action();
            failures.Succeeded();
        }
        catch (Exception failure)
        {
            failures.Failed(failure, rowsLost: 0);
        }
    }
}
