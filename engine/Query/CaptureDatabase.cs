using System.Data.Common;
using System.Globalization;
using DuckDB.NET.Data;
using NetMon.Query.Files;
using NetMon.Query.Filters;
using NetMon.Query.Hot;
using NetMon.Query.Planning;
using NetMon.Query.Printing;
using NetMon.Query.Sql;

namespace NetMon.Query;

/// <summary>
/// An in-memory DuckDB database over a snapshot, with the shipped views. At first its relations are empty, so that the questions' plans show
/// what they read; then they refer to the files that were selected. After that, SQL can't read anything outside the capture or change
/// the settings. Not thread-safe, except for <see cref="Progress"/>.
/// </summary>
internal sealed class CaptureDatabase : IDisposable
{
    private const string HotFunction = "netmon_hot";
    private const string HotRows = "netmon_hot_rows";
    private const string HotLosses = "netmon_hot_loss";
    private const string Counted = "netmon_counted";

    /// <summary>The schema of the unfiltered relations; views of the same names in main apply the filter.</summary>
    private const string Stored = "stored";
    private readonly DuckDBConnection _connection;
    private IReadOnlyList<HotFileView> _segments = [];
    private string _hotSource = $"{HotFunction}()";

    private CaptureDatabase(DuckDBConnection connection, string temporary) => (_connection, Rows, Temporary) = (connection, new AskedRows(connection), temporary);

    /// <summary>Creates a database with empty relations.</summary>
    /// <param name="memory">DuckDB's memory limit, such as 1GiB.</param>
    /// <param name="temporary">The folder to which DuckDB spills.</param>
    /// <exception cref="DuckDBException">The memory limit is malformed.</exception>
    public static CaptureDatabase Create(string memory, string temporary)
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        var database = new CaptureDatabase(connection, temporary);
        try
        {
            database.Execute($"SET memory_limit = {SqlText.Quote(memory)}; SET temp_directory = {SqlText.Quote(temporary)}; SET TimeZone = 'UTC'; SET parquet_metadata_cache = true; SET enable_progress_bar = true; SET enable_progress_bar_print = false");
            database.Execute($"CREATE SCHEMA {Stored}");
            HotTable.Register(connection, HotFunction, () => new HotRows(database._segments));
            foreach (var relation in Enum.GetValues<Relation>())
            {
                database.Execute(RelationSql.Definition(relation, RelationSql.EmptyOf(relation)));
                database.Execute(RelationSql.Definition(relation, $"{Stored}.{NameOf(relation)}"));
                database.Execute($"CREATE VIEW {NameOf(relation)} AS FROM {Stored}.{NameOf(relation)}");
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The spill folder, the only one that SQL may write to.</summary>
    public string Temporary { get; }

    /// <summary>The rows of questions, after loading.</summary>
    public AskedRows Rows { get; }

    /// <summary>How much of its files a running question has read, in percent; negative if unknown. Thread-safe.</summary>
    public double Progress => _connection.GetQueryProgress().Percentage;

    /// <summary>Sets the variables capture_end and new_since. Must be called before the views that use them are created.</summary>
    public void SetEnd(DateTime? end, DateTime? newSince = null) => Execute(
        $"SET VARIABLE capture_end = {(end is { } time ? Literal(time) : "NULL")}::TIMESTAMP; SET VARIABLE new_since = {(newSince is { } since ? Literal(since) : "NULL")}::TIMESTAMP");

    /// <summary>Returns the time of the last event in a snapshot; null if it has none.</summary>
    public DateTime? LastTime(Snapshot snapshot)
    {
        _segments = snapshot.Segments;
        var rest = snapshot.Kept.Where(file => LastTime(file) is null).ToList();
        var sql = $"SELECT max(t) FROM (SELECT max(timestamp) AS t FROM ({RelationSql.Of(Relation.Events, rest, HotEvents())}) UNION ALL SELECT max(last) FROM ({RelationSql.Of(Relation.Rollups, snapshot.Rollups)}))";
        return new[] { snapshot.Kept.Select(LastTime).Max(), Value(sql) as DateTime? }.Max();
    }

    /// <summary>Creates views and macros. The current time becomes the time of the question for all of them.</summary>
    /// <param name="statements">The shipped ones that the questions and the filter need, and others.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="pairsEnds">Whether the questions see both ends of connections.</param>
    /// <param name="named">The names of the filter's views that are needed; null: all. Other relations that the filter applies to are not in main.</param>
    public void Define(IEnumerable<string> statements, Filter filter, bool pairsEnds, IReadOnlySet<string>? named)
    {
        foreach (var statement in statements.Concat(FilterViews.Of(filter, Stored, pairsEnds, named)))
        {
            Execute(statement);
        }

        var now = Literal(DateTime.UtcNow);
        Execute($"CREATE OR REPLACE MACRO now() AS {now}; CREATE OR REPLACE MACRO get_current_timestamp() AS {now}");
    }

    /// <summary>Determines what these questions read, while the relations are empty.</summary>
    /// <param name="questions">SELECT statements.</param>
    /// <param name="sumHours">The hours for which roll-ups may answer.</param>
    /// <exception cref="DuckDBException">A question is invalid.</exception>
    public QuestionScope Plan(IEnumerable<string> questions, HourRange sumHours)
    {
        // The plans must not depend on the tables being empty.
        Execute("SET disabled_optimizers = 'statistics_propagation,late_materialization'");
        var scope = new QuestionScope { SumHours = sumHours };
        foreach (var question in questions)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = $"EXPLAIN (FORMAT json) SELECT * FROM {AskedRows.Asked(question)}";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                scope.AddPlan(reader.GetString(1));
            }
        }

        Execute("RESET disabled_optimizers");
        return scope;
    }

    /// <summary>Makes the relations refer to a snapshot's files. The snapshot must outlive this object.</summary>
    public void Load(Snapshot snapshot, QuestionScope scope)
    {
        _segments = snapshot.Segments;
        if (_segments.Count > 0 && scope.Scans(Relation.Events) + scope.Scans(Relation.Unrolled) + scope.Scans(Relation.Kept) > 1)
        {
            // These rows are made one by one, once; columns that no question reads stay null.
            var columns = RelationColumns.OfEventFiles.Select(column => column.Name is "timestamp" or "node" || scope.Uses(column.Name) ? column.Quoted : $"NULL::{column.Type} AS {column.Quoted}");
            Execute($"CREATE TABLE {HotRows} AS SELECT {string.Join(", ", columns)} FROM {HotFunction}()");
            _hotSource = HotRows;
        }

        Replace(Relation.Events, RelationSql.Of(Relation.Events, snapshot.Events, HotEvents()));
        Replace(Relation.Unrolled, RelationSql.Of(Relation.Unrolled, snapshot.Unrolled, HotEvents()));
        Replace(Relation.Rollups, RelationSql.Of(Relation.Rollups, snapshot.Rollups));
        Replace(Relation.Ownership, RelationSql.Of(Relation.Ownership, snapshot.Owned));
        Replace(Relation.Holding, RelationSql.Of(Relation.Holding, snapshot.Holding));
        LoadKept(snapshot);
        LoadLosses(snapshot);
        if (scope.Reads(Relation.Holding) && !scope.NamesByOwners && Value("SELECT max(view_name) FROM duckdb_views() WHERE view_name = 'held_connections'") is string)
        {
            Execute("CREATE OR REPLACE VIEW held_connections AS SELECT *, NULL::STRUCT(node VARCHAR, \"namespace\" VARCHAR, pod VARCHAR, workload VARCHAR) AS holder FROM all_connections");
        }

        if (scope.OpenEnds.Macro is { } macro)
        {
            Execute(macro);
        }
    }

    /// <summary>Materialises a view, so that it is computed only once.</summary>
    public void Keep(string view) => Execute($"CREATE TABLE netmon_kept_{view} AS FROM {view}; CREATE OR REPLACE VIEW {view} AS FROM netmon_kept_{view}");

    /// <summary>Restricts SQL to the capture and the spill folder.</summary>
    public void Confine(string capture) => Execute(
        $"SET allowed_directories = [{SqlText.Quote(capture)}, {SqlText.Quote(Temporary)}]; SET enable_external_access = false; SET lock_configuration = true");

    /// <summary>Returns the first value of the first row; null if there is none.</summary>
    public object? Value(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>Reads a complete file; returns what is wrong if it is corrupt, else null.</summary>
    public string? DamageOf(string path)
    {
        try
        {
            FileChecks.Verify(path);
            _ = Value($"SELECT max(hash(f)) FROM read_parquet({SqlText.Quote(path)}) AS f");
            return null;
        }
        catch (Exception e) when (e is DuckDBException or IOException)
        {
            return e.Message.Split('\n')[0].Trim();
        }
    }

    public void Dispose() => _connection.Dispose();

    private static string NameOf(Relation relation) => relation.ToString().ToLowerInvariant();

    private static string Literal(DateTime time) => string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{time:yyyy-MM-dd HH:mm:ss.ffffff}'");

    private IEnumerable<string> HotEvents() => _segments.Count == 0
        ? []
        : [$"SELECT {RelationSql.Names(RelationColumns.OfEventFiles)}, timestamp::DATE AS date, hour(timestamp) AS hour FROM {_hotSource}"];

    private void Replace(Relation relation, string sql)
    {
        var name = $"{Stored}.{NameOf(relation)}";
        Execute($"DROP TABLE {name}");
        Execute($"CREATE VIEW {name} AS {sql}");
    }

    private void LoadKept(Snapshot snapshot)
    {
        Execute(RelationSql.Definition(Relation.Kept, Counted));
        var known = snapshot.Kept.Where(file => file["netmon.node"] is not null).ToList();
        AppendedRows.OfCounts(_connection, Counted, known);
        const string count = "SELECT node, date, hour, count(*) AS events";
        var rest = RelationSql.Of(Relation.Events, [.. snapshot.Kept.Except(known)], HotEvents());
        Replace(Relation.Kept, $"FROM {Counted} UNION ALL {count} FROM ({rest}) GROUP BY ALL");
    }

    private void LoadLosses(Snapshot snapshot)
    {
        Execute(RelationSql.Definition(Relation.Loss, HotLosses));
        AppendedRows.OfLosses(_connection, HotLosses, snapshot.HotLosses);
        var rows = RelationSql.Of(Relation.Loss, snapshot.SealedLosses, $"FROM {HotLosses}");
        Replace(Relation.Loss, $"SELECT * REPLACE ({FormerReasons.Current} AS reason) FROM ({rows})");
    }

    private static DateTime? LastTime(ReadableFile file) =>
        DateTime.TryParse(file["netmon.last_timestamp"], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
