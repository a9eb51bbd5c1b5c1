using DuckDB.NET.Data;
using NetMon.Foundation.Logging;
using NetMon.Query.Buckets;
using NetMon.Query.Filters;
using NetMon.Query.Report;
using NetMon.Query.Sql;

namespace NetMon.Query;

/// <summary>
/// Answers the questions of a command line: plans them over empty relations, loads what they need of the capture, and prints the result.
/// If a file turns out to be corrupt, or is sealed and removed meanwhile, it starts over without that file.
/// </summary>
internal sealed class Answer(QuerySettings settings, Logger log) : IDisposable
{
    private const int Tries = 10;
    private readonly SnapshotSource _source = new(settings.Capture, settings.Filter, log);
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
        for (var attempt = 1; !TryAnswer((database, _, statements, picture) => Print(database, statements, picture, held), spill.Path, isLast: attempt == Tries); attempt++)
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

    public void Dispose() => _source.Dispose();

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

        var end = settings.Statements is null || views.Append(text).Any(sql => sql.Contains("capture_end", StringComparison.OrdinalIgnoreCase)) ? EndFor(_source.FindEnd(database)) : null;
        var picture = settings.Statements is null ? new Picture(end ?? throw _source.NoEvents(), settings.Filter) : null;
        IReadOnlyList<Statement> statements = settings.Statements ?? [.. picture!.Tables.Select(table => table.Table)];
        Snapshot? snapshot = null;
        try
        {
            database.SetEnd(end, settings.NewSince);
            IReadOnlyList<(string Name, string Sql)> kept = picture is null ? settings.Report?.Views ?? [] : [(Picture.Source, picture.SourceDefinition)];
            List<string> definitions = [.. views, .. kept.Select(view => view.Sql)];
            var named = _needsAllViews ? null : FilterViews.NamedBy([text, .. definitions]);
            database.Define(definitions, settings.Filter, pairsEnds, named);
            var scope = database.Plan(statements.Select(statement => statement.Sql), settings.Filter.SumHours);
            scope.OpenEnds.OfAll = pairsEnds ? null : settings.Filter.OfProcesses;
            snapshot = _source.Take(scope);
            database.Load(snapshot, scope);
            foreach (var (view, _) in kept)
            {
                database.Keep(view);
            }

            database.Confine(snapshot.Directory);
            use(database, snapshot, statements, picture);
            return true;
        }
        catch (DuckDBException e) when (!isLast && (IsUnmadeView(e) || (snapshot is not null && _source.FindsCause(e, snapshot, database))))
        {
            return false;
        }
        finally
        {
            snapshot?.Dispose();
        }
    }

    private void Print(CaptureDatabase database, IReadOnlyList<Statement> statements, Picture? picture, HeldOutput output)
    {
        using var writer = new StreamWriter(output, bufferSize: 64 * 1024, leaveOpen: true) { NewLine = "\n" };
        var isPlain = settings.Style.Format is OutputFormat.Table or OutputFormat.Markdown;
        if (settings.Report is { } report)
        {
            ReportData.Write(database, report, writer);
        }
        else if (settings.Style.Format == OutputFormat.Parquet)
        {
            using var pipe = new PipedFile(database.Temporary, output);
            pipe.Write(path => database.Rows.Copy((picture?.Single ?? statements[0]).Sql, CopyFormat.Parquet, path));
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

    /// <summary>Returns the last time that the filter includes.</summary>
    private DateTime? EndFor(DateTime? end) => settings.Filter.Until is { } until && until <= end ? until.AddMicroseconds(-1) : end;

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

    private static bool ListsViews(string text) =>
        ((string[])["show", "duckdb_", "information_schema", "sqlite_master", "pg_"]).Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
