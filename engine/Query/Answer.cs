using System.Globalization;
using DuckDB.NET.Data;
using NetMon.Foundation.Logging;
using NetMon.Query.Buckets;
using NetMon.Query.Files;
using NetMon.Query.Filters;
using NetMon.Query.Planning;
using NetMon.Query.Report;
using NetMon.Query.Sql;
using NetMon.Storage;

namespace NetMon.Query;

/// <summary>
/// Answers the questions of a command line: plans them over empty relations, loads what they need of the capture, and prints the result.
/// If a file turns out to be corrupt, or is sealed and removed meanwhile, it starts over without that file.
/// </summary>
internal sealed class Answer(QuerySettings settings, Logger log) : IDisposable
{
    private const int Tries = 10;
    private readonly Dictionary<string, string> _damaged = new(StringComparer.Ordinal);
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private readonly BucketCapture? _bucket = settings.Capture.Bucket is null ? null : BucketCapture.Open(settings.Capture.Bucket);
    private ProgressLine? _progress;
    private Func<long>? _written;
    private bool _needsAllViews = ListsViews(settings.Text);

    /// <summary>Prints the answers.</summary>
    /// <exception cref="QueryException">The questions can't be answered.</exception>
    /// <exception cref="DuckDBException">A question is invalid.</exception>
    /// <exception cref="IOException">The capture can't be read, or the output can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the capture is denied.</exception>
    public void Print(Stream output)
    {
        using var spill = TemporaryFolder.Create();
        // On a terminal, the progress line would appear among the rows.
        var held = new HeldOutput(output, Console.IsOutputRedirected ? null : () => _progress?.Dispose());
        _written = () => held.Written;
        for (var attempt = 1; !TryAnswer((database, _, statements, picture) => Print(database, statements, picture, held, spill.Path), spill.Path, isLast: attempt == Tries); attempt++)
        {
            if (!held.TryDiscard())
            {
                throw new QueryException("the rows printed so far are incomplete: run the query again, it skips that file then");
            }
        }

        held.Release();
    }

    /// <summary>Passes the database to a function that reads the rows. It may be called several times, if a file turns out to be corrupt.</summary>
    /// <inheritdoc cref="Print(Stream)" path="/exception"/>
    public void Read(Action<CaptureDatabase, Snapshot> read)
    {
        using var spill = TemporaryFolder.Create();
        for (var attempt = 1; !TryAnswer((database, snapshot, _, _) => read(database, snapshot), spill.Path, isLast: attempt == Tries); attempt++)
        {
        }
    }

    public void Dispose() => _bucket?.Dispose();

    /// <summary>False if another attempt may succeed.</summary>
    private bool TryAnswer(Action<CaptureDatabase, Snapshot, IReadOnlyList<Statement>, Picture?> use, string temporary, bool isLast)
    {
        using var database = CaptureDatabase.Create(settings.Capture.Memory, temporary);
        using var progress = _written is null ? null : new ProgressLine(FetchProgress.Terminal, () => database.Progress, _written);
        _progress = progress;
        var script = ViewScript.Shipped();
        var text = settings.Statements is null ? Picture.TextFor(settings.Filter) : settings.Text;
        var views = script.NeededBy(_needsAllViews ? string.Join(' ', script.Names) : $"{text} {settings.Filter.OfEvents}");
        var pairsEnds = FilterViews.PairsEnds(views);
        if (settings.Statements is not null && !_needsAllViews)
        {
            FilterViews.Check(settings.Filter, views);
        }

        var end = settings.Statements is null || views.Append(text).Any(sql => sql.Contains("capture_end", StringComparison.OrdinalIgnoreCase)) ? EndFor(FindEnd(database)) : null;
        var picture = settings.Statements is null ? new Picture(end ?? throw NoEvents(), settings.Filter) : null;
        IReadOnlyList<Statement> statements = settings.Statements ?? [.. picture!.Tables.Select(table => table.Table)];
        Snapshot? snapshot = null;
        try
        {
            database.SetEnd(end, settings.NewSince);
            IReadOnlyList<(string Name, string Sql)> kept = picture is null ? settings.Report?.Views ?? [] : [(Picture.Source, picture.SourceDefinition)];
            database.Define(views.Concat(kept.Select(view => view.Sql)), settings.Filter, pairsEnds);
            var scope = database.Plan(statements.Select(statement => statement.Sql), settings.Filter.SumHours);
            scope.OpenEnds.OfAll = pairsEnds ? null : settings.Filter.OfProcesses;
            snapshot = Take(scope);
            database.Load(snapshot, scope);
            foreach (var (view, _) in kept)
            {
                database.Keep(view);
            }

            database.Confine(snapshot.Directory, temporary);
            use(database, snapshot, statements, picture);
            return true;
        }
        catch (DuckDBException e) when (!isLast && (IsUnmadeView(e) || (snapshot is not null && FindsCause(e, snapshot, database))))
        {
            return false;
        }
        finally
        {
            snapshot?.Dispose();
        }
    }

    private void Print(CaptureDatabase database, IReadOnlyList<Statement> statements, Picture? picture, HeldOutput output, string temporary)
    {
        using var writer = new StreamWriter(output, bufferSize: 64 * 1024, leaveOpen: true) { NewLine = "\n" };
        var isPlain = settings.Style.Format is OutputFormat.Table or OutputFormat.Markdown;
        if (settings.Report is { } report)
        {
            ReportData.Write(database, report, writer);
        }
        else if (settings.Copy is { } format)
        {
            using var pipe = new PipedFile(temporary, output);
            pipe.Write(path => database.Rows.Copy(picture?.Single ?? statements[0], format, path));
        }
        else if (picture is not null && isPlain)
        {
            var mark = settings.Style.Format == OutputFormat.Markdown ? "##" : "--";
            foreach (var (heading, table) in picture.Tables)
            {
                writer.Write($"{mark} {heading}\n");
                database.Rows.Print(table, settings.Style, writer);
                writer.Write('\n');
            }
        }
        else
        {
            statements = picture is null ? statements : [picture.Single];
            foreach (var statement in statements)
            {
                if (statement != statements[0] && settings.Style.Format is not (OutputFormat.Json or OutputFormat.Ndjson))
                {
                    writer.Write('\n');
                }

                database.Rows.Print(statement, settings.Style, writer);
            }
        }
    }

    private Snapshot Take(QuestionScope scope)
    {
        _bucket?.Bring(scope, _damaged);
        var snapshot = Snapshot.Take(_bucket?.Folder ?? settings.Capture.Place, scope, _damaged);
        if (_bucket is not null && snapshot.LeftOut.Where(file => _bucket.MayBringAgain(file.Path)).ToList() is { Count: > 0 } stale)
        {
            snapshot.Dispose();
            stale.ForEach(file => _damaged[file.Path] = file.Reason);
            return Take(scope); // files that are corrupt in the cache may be intact in the bucket
        }

        foreach (var file in (_bucket?.LeftOut ?? []).Concat(snapshot.LeftOut).Where(file => _named.Add(file.Path)))
        {
            var (name, reason) = _bucket is null ? (file.Path, file.Reason) : (_bucket.NameOf(file.Path), _bucket.NameOf(file.Reason));
            if (settings.Capture.IsStrict)
            {
                snapshot.Dispose();
                throw new QueryException($"{name}: {reason}. Without --strict it is left out");
            }

            log.Warn($"{name} is left out: {reason}");
        }

        NameSumsAlone(snapshot);
        return snapshot;
    }

    /// <summary>Reports once which hours are not in the answer because their rows have been removed.</summary>
    private void NameSumsAlone(Snapshot snapshot)
    {
        if (snapshot.SumsAlone.Count > 0 && _named.Add(CapturePaths.Rollup))
        {
            var why = settings.Filter.Uncarried is { Count: > 0 } options ? $"can't be filtered by {string.Join(", ", options)}" : "can't be split at --since and --until";
            log.Warn(string.Create(CultureInfo.InvariantCulture, $"hours of {snapshot.SumsAlone.Min(file => file.Start):yyyy-MM-dd HH:mm} to {snapshot.SumsAlone.Max(file => file.Start).AddHours(1):yyyy-MM-dd HH:mm} are left out: their events were removed, and the remaining roll-ups {why}"));
        }
    }

    /// <summary>Returns the last time that the filter includes.</summary>
    private DateTime? EndFor(DateTime? end) => settings.Filter.Until is { } until && until <= end ? until.AddMicroseconds(-1) : end;

    /// <summary>Returns the time of the capture's last event, from its last hour; if that has none that can be read, from all hours.</summary>
    private DateTime? FindEnd(CaptureDatabase database)
    {
        var last = _bucket is null ? Snapshot.LastHour(settings.Capture.Place) : _bucket.LastHour();
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

    private QueryException NoEvents() =>
        new($"{(_bucket is null ? Path.GetFullPath(settings.Capture.Place) : settings.Capture.Place)} has no events yet: events can be read about a second after they happen, while netmon run --capture is running");

    /// <summary>Whether a question refers to a view by a composed name, which was not found in its text.</summary>
    private bool IsUnmadeView(DuckDBException e)
    {
        if (_needsAllViews || !e.Message.StartsWith("Catalog Error", StringComparison.Ordinal))
        {
            return false;
        }

        _needsAllViews = true;
        return true;
    }

    /// <summary>Whether a file caused the failure; the next attempt leaves it out.</summary>
    private bool FindsCause(DuckDBException e, Snapshot snapshot, CaptureDatabase database)
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

    private static bool ListsViews(string text) =>
        ((string[])["show", "duckdb_", "information_schema", "sqlite_master", "pg_"]).Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
