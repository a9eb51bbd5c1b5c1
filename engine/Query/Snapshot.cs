using NetMon.Native;
using NetMon.Query.Files;
using NetMon.Query.Hot;
using NetMon.Query.Planning;
using NetMon.Storage;

namespace NetMon.Query;

/// <summary>
/// The contents of a capture directory at one time, as needed by a question, with each event once: Parquet files by relation, and segments
/// with rows that are not in a Parquet file yet, which are kept open so that they stay readable after removal. Each folder is listed
/// once, and each file's footer is read once. What can't be read is left out and reported.
/// </summary>
internal sealed class Snapshot : IDisposable
{
    private const int Tries = 10;
    private readonly List<HotFileView> _opened = [];

    private Snapshot(string directory) => Directory = directory;

    /// <summary>The absolute path.</summary>
    public string Directory { get; }

    /// <summary>Parquet files of all events: sealed files and pieces.</summary>
    public IReadOnlyList<ReadableFile> Events { get; private set; } = [];

    /// <summary>Parquet files of events that are not in a roll-up.</summary>
    public IReadOnlyList<ReadableFile> Unrolled { get; private set; } = [];

    /// <summary>Parquet files of events, for counting only.</summary>
    public IReadOnlyList<ReadableFile> Kept { get; private set; } = [];

    /// <summary>Roll-ups of sealed hours and of pieces.</summary>
    public IReadOnlyList<ReadableFile> Rollups { get; private set; } = [];

    /// <summary>Owner files that the question reads.</summary>
    public IReadOnlyList<ReadableFile> Owned { get; private set; } = [];

    /// <summary>Owner files of the hours in which addresses are named.</summary>
    public IReadOnlyList<ReadableFile> Holding { get; private set; } = [];

    /// <summary>Parquet files of losses.</summary>
    public IReadOnlyList<ReadableFile> SealedLosses { get; private set; } = [];

    /// <summary>Arrow segments with rows that are not in a Parquet file.</summary>
    public IReadOnlyList<HotFileView> Segments { get; private set; } = [];

    /// <summary>Names of segments and pieces that are contained in <see cref="Events"/>, as far as recorded.</summary>
    public IReadOnlySet<string> InParquet { get; private set; } = new HashSet<string>();

    /// <summary>Loss journals that are not sealed yet.</summary>
    public IReadOnlyList<HotFileView> HotLosses { get; private set; } = [];

    /// <summary>What is missing from the answer.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; private set; } = [];

    /// <summary>Roll-ups that can't answer for their hour, and whose events have been removed: also missing from the answer.</summary>
    public IReadOnlyList<HourFile> SumsAlone { get; private set; } = [];

    /// <summary>Takes a snapshot of what a question needs.</summary>
    /// <param name="directory">The capture directory.</param>
    /// <param name="scope">What the question reads.</param>
    /// <param name="damaged">Files found to be corrupt before, by path, with reasons.</param>
    /// <exception cref="QueryException">It is not a capture directory.</exception>
    /// <exception cref="IOException">The directory can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the directory is denied.</exception>
    public static Snapshot Take(string directory, QuestionScope scope, IReadOnlyDictionary<string, string> damaged)
    {
        var root = RootOf(directory);
        for (var attempt = 1; ; attempt++)
        {
            var snapshot = new Snapshot(root);
            try
            {
                if (snapshot.TryRead(scope, new FileChecks(damaged, scope.Uses), damaged))
                {
                    return snapshot;
                }
            }
            catch
            {
                snapshot.Dispose();
                throw;
            }

            snapshot.Dispose();
            if (attempt == Tries)
            {
                throw new IOException($"{root}: hours were sealed or removed during the query, {Tries} times in a row: run it again");
            }
        }
    }

    /// <summary>Returns the absolute path of a capture directory.</summary>
    /// <exception cref="QueryException">It is not a capture directory.</exception>
    public static string RootOf(string directory)
    {
        var root = Path.GetFullPath(directory);
        if (RegularFile.KindOf(root) == FileKind.Missing)
        {
            throw new QueryException($"no such directory: {root}. Use the directory given to netmon run --capture");
        }

        string[] tiers = [CapturePaths.Events, CapturePaths.Hot, CapturePaths.Rollup];
        if (tiers.All(tier => RegularFile.KindOf(Path.Combine(root, tier)) == FileKind.Missing))
        {
            throw new QueryException($"{root} has no events/ and no hot/ folder, so it is not a capture directory. Use the directory given to netmon run --capture");
        }

        return root;
    }

    /// <summary>Returns the start of the last hour with a file; null if there is none.</summary>
    /// <exception cref="IOException">The capture can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the capture is denied.</exception>
    public static DateTime? LastHour(string directory)
    {
        var root = Path.GetFullPath(directory);
        return new[]
        {
            new Tier(root, CapturePaths.Events, byHour: true, CapturePaths.IsSealed).LastHour(),
            new Tier(root, CapturePaths.Rollup, byHour: true, CapturePaths.IsSealed).LastHour(),
            new Tier(root, CapturePaths.Hot, byHour: true, name => CapturePaths.IsSegment(name) || CapturePaths.IsSealed(name)).LastHour(),
        }.Max();
    }

    public void Dispose() => _opened.ForEach(file => file.Dispose());

    /// <summary>
    /// False if a file was removed before it could be opened: then its rows are in another file by now, and the listing is outdated. Hot files
    /// are listed first, so that what is sealed in between is found sealed.
    /// </summary>
    private bool TryRead(QuestionScope scope, FileChecks checks, IReadOnlyDictionary<string, string> damaged)
    {
        ScanBounds?[] ofEvents = [scope.BoundsOf(Relation.Events), scope.BoundsOf(Relation.Unrolled), scope.BoundsOf(Relation.Kept)];
        var (eventBounds, lossBounds, rollupBounds) = (ScanBounds.Together(ofEvents), scope.BoundsOf(Relation.Loss), ScanBounds.Together(scope.BoundsOf(Relation.Rollups), scope.BoundsOf(Relation.Unrolled)));
        var hot = new Tier(Directory, CapturePaths.Hot, byHour: true, IsRead);
        var events = new Tier(Directory, CapturePaths.Events, byHour: true, CapturePaths.IsSealed);
        var rollup = new Tier(Directory, CapturePaths.Rollup, byHour: true, CapturePaths.IsSealed);
        var loss = new Tier(Directory, CapturePaths.Loss, byHour: false, CapturePaths.IsSealed);

        var owners = new Tier(Directory, CapturePaths.Owners, byHour: true, CapturePaths.IsSealed);
        var hotFiles = List(hot, ScanBounds.Together(eventBounds, lossBounds, rollupBounds, scope.OwnerBounds));
        var sealedFiles = List(events, ScanBounds.Together(eventBounds, rollupBounds));
        var rollupFiles = List(rollup, rollupBounds);
        var ownerFiles = checks.Owners(List(owners, scope.OwnerBounds).Concat(hotFiles.Where(file => CapturePaths.IsHotOwners(file.Path))));
        Owned = [.. ownerFiles.Where(file => scope.Needs(Relation.Ownership, file.File))];
        Holding = [.. ownerFiles.Where(file => scope.NeedsHolding(file.File))];
        SealedLosses = checks.Losses(List(loss, lossBounds));

        // Each row once: pieces in a sealed file, and segments in a piece, are skipped.
        var hotFolders = hotFiles.Select(file => file.Folder).ToHashSet(StringComparer.Ordinal);
        var inSealed = Names(checks.Events(sealedFiles.Where(file => hotFolders.Contains(file.Folder)), NeedsEvents)).Concat(Names(SealedLosses)).ToHashSet(StringComparer.Ordinal);
        var allPieces = checks.Events(hotFiles.Where(file => CapturePaths.IsSealed(file.Path)), NeedsEvents);
        var pieces = allPieces.Where(piece => !inSealed.Contains(piece.File.Name)).ToList();
        var elsewhere = inSealed.Concat(Names(allPieces)).ToHashSet(StringComparer.Ordinal);
        InParquet = elsewhere;
        var segments = hotFiles.Where(file => !CapturePaths.IsSealed(file.Path) && !elsewhere.Contains(file.Name) && !damaged.ContainsKey(file.Path)).ToList();

        var sums = new RollupChoice(pieces.Select(piece => piece.File.Name).ToHashSet(StringComparer.Ordinal), segments.Select(segment => segment.Name).ToHashSet(StringComparer.Ordinal));
        var mayAnswer = rollupFiles.ToLookup(file => scope.SumHours.Has(file.Start));
        sums.AddSealed(checks.Rollups(mayAnswer[true]));
        sums.AddHot(checks.Rollups(hotFiles.Where(file => CapturePaths.IsHotRollup(file.Path) && scope.SumHours.Has(file.Start))));
        var withRows = sealedFiles.Select(file => file.Key).ToHashSet(StringComparer.Ordinal);
        SumsAlone = [.. mayAnswer[false].Where(file => scope.Needs(Relation.Unrolled, file) && !withRows.Contains(file.Key))];
        Rollups = [.. sums.Chosen.Where(file => scope.Needs(Relation.Rollups, file.File))];

        // Files that a roll-up answers for are not opened.
        var wanted = sealedFiles.Where(file => NeedsEvents(file) || NeedsUnrolled(file) || scope.Needs(Relation.Kept, file)).Concat(pieces.Select(piece => piece.File));
        var sound = checks.Events(wanted, file => NeedsEvents(file) || NeedsUnrolled(file));
        Events = [.. sound.Where(file => NeedsEvents(file.File))];
        Kept = [.. sound.Where(file => scope.Needs(Relation.Kept, file.File))];
        Unrolled = [.. sound.Where(file => NeedsUnrolled(file.File))];
        if (checks.IsStale || !TryOpen(segments, eventBounds, lossBounds, Leave))
        {
            return false;
        }

        LeftOut = [.. hot.LeftOut, .. events.LeftOut, .. rollup.LeftOut, .. owners.LeftOut, .. loss.LeftOut, .. checks.LeftOut, .. LeftOut];
        return true;

        List<HourFile> List(Tier tier, ScanBounds? bounds) => bounds is null ? [] : tier.List(bounds);

        bool NeedsEvents(HourFile file) => scope.Needs(Relation.Events, file);

        bool NeedsUnrolled(HourFile file) => scope.Needs(Relation.Unrolled, file) && !sums.Covers(file);

        void Leave(LeftOut file) => LeftOut = [.. LeftOut, file];
    }

    /// <summary>Opens segments and loss journals; false if one has been removed.</summary>
    private bool TryOpen(IEnumerable<HourFile> files, ScanBounds? eventBounds, ScanBounds? lossBounds, Action<LeftOut> leave)
    {
        List<HotFileView> segments = [];
        List<HotFileView> losses = [];
        foreach (var file in files)
        {
            var list = CapturePaths.IsSegment(file.Path) && (eventBounds?.Has(file) ?? false) ? segments : CapturePaths.IsLossJournal(file.Path) && lossBounds is not null ? losses : null;
            if (list is null)
            {
                continue;
            }

            try
            {
                _opened.Add(HotFileView.Open(file.Path));
                list.Add(_opened[^1]);
            }
            catch (FileNotFoundException)
            {
                return false;
            }
            catch (UnauthorizedAccessException)
            {
                leave(new LeftOut(file.Path, "permission denied: only its owner and group can read a capture, run as one of these"));
            }
            catch (IOException e)
            {
                leave(new LeftOut(file.Path, e.Message));
            }
        }

        (Segments, HotLosses) = (segments, losses);
        return true;
    }

    private static bool IsRead(string name) => CapturePaths.IsSegment(name) || CapturePaths.IsLossJournal(name) || CapturePaths.IsSealed(name) || CapturePaths.IsHotRollup(name) || CapturePaths.IsHotOwners(name);

    /// <summary>Names of hot files contained in these files. Both may exist after a crash, or right now.</summary>
    private static IEnumerable<string> Names(IEnumerable<ReadableFile> files) => files.SelectMany(file => file.MadeOf);
}
