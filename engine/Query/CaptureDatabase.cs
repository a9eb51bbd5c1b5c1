using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using NetMon.Query.Hot;
using NetMon.Query.Printing;
using NetMon.Storage.Loss;

namespace NetMon.Query;

/// <summary>
/// DuckDB in memory over a snapshot, with the shipped views. Once it is open nothing outside the capture can be read by
/// SQL, and the settings can't be changed. One thread.
/// </summary>
internal sealed class CaptureDatabase : IDisposable
{
    private const string HotFunction = "netmon_hot";

    /// <summary>The rows that are not sealed yet. All columns, also where there are none of them and sealed files are of an older schema; schemas/parquet.md.</summary>
    private const string HotEvents =
        $"SELECT *, timestamp::DATE AS date, hour(timestamp) AS hour FROM {HotFunction}()";

    private const string NoLosses =
        "SELECT NULL::TIMESTAMP AS \"from\", NULL::TIMESTAMP AS \"to\", NULL::VARCHAR AS node, NULL::VARCHAR AS stage, NULL::VARCHAR AS reason, NULL::BIGINT AS count, "
        + "NULL::BIGINT AS cgroup_id, NULL::VARCHAR AS container_id, NULL::VARCHAR AS pod_name, NULL::VARCHAR AS pod_namespace, NULL::VARCHAR AS container_name WHERE false";

    private readonly DuckDBConnection _connection;
    private readonly string _temporary = Directory.CreateTempSubdirectory("netmon-query-").FullName; // its owner's alone

    private CaptureDatabase(DuckDBConnection connection) => _connection = connection;

    /// <exception cref="DuckDBException">A sealed file can't be read.</exception>
    public static CaptureDatabase Open(Snapshot snapshot, string memory)
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        var database = new CaptureDatabase(connection);
        try
        {
            database.Execute($"SET memory_limit = {Quote(memory)}");
            HotTable.Register(connection, HotFunction, snapshot.Segments);
            database.Execute($"CREATE VIEW events AS {EventsOf(snapshot)}");
            database.Execute($"CREATE TABLE netmon_hot_loss AS {NoLosses}");
            database.AddHotLosses(snapshot);
            database.Execute($"CREATE VIEW loss AS {LossesOf(snapshot)}");
            database.Execute(ShippedViews());
            database.Confine(snapshot);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Answers a question.</summary>
    /// <exception cref="DuckDBException">It is wrong, or is not one SELECT.</exception>
    public void Print(string sql, OutputFormat format, TextWriter output)
    {
        // DuckDB's query() takes one SELECT and nothing else. As text each value is printed as DuckDB does.
        var question = $"query({Quote(sql)})";
        var columns = Describe(question);
        using var command = _connection.CreateCommand();
        command.CommandText = format == OutputFormat.Json ? $"SELECT to_json(q)::VARCHAR FROM {question} AS q" : $"SELECT COLUMNS(*)::VARCHAR FROM {question}";
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        RowPrinter.Of(format, columns, output).Print(reader);
    }

    /// <summary>The first value of the first row, or null.</summary>
    public object? Value(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(_temporary, recursive: true);
    }

    private List<ColumnHead> Describe(string question)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {question})";
        using var reader = command.ExecuteReader();
        List<ColumnHead> columns = [];
        while (reader.Read())
        {
            columns.Add(new ColumnHead(reader.GetString(0), reader.GetString(1)));
        }

        return columns;
    }

    private static string EventsOf(Snapshot snapshot) => snapshot.SealedEvents.Count == 0
        ? HotEvents
        : $"SELECT * FROM read_parquet({List(snapshot.SealedEvents)}, hive_partitioning = true, hive_types = {{'date': DATE, 'hour': BIGINT}}, union_by_name = true) UNION ALL BY NAME {HotEvents}";

    private static string LossesOf(Snapshot snapshot) =>
        "SELECT * FROM netmon_hot_loss"
        + (snapshot.SealedLosses.Count == 0 ? "" : $" UNION ALL BY NAME SELECT * FROM read_parquet({List(snapshot.SealedLosses)}, hive_partitioning = false, union_by_name = true)");

    private void AddHotLosses(Snapshot snapshot)
    {
        using var appender = _connection.CreateAppender("netmon_hot_loss");
        foreach (var file in snapshot.HotLosses)
        {
            var node = LossText.NodeOf(file.Path);
            foreach (var row in LossText.Parse(file.ReadText()))
            {
                appender.CreateRow()
                    .AppendValue(TimeOf(row.From)).AppendValue(TimeOf(row.To)).AppendValue(node)
                    .AppendValue(row.Stage).AppendValue(row.Reason).AppendValue(row.Count)
                    .AppendValue((long?)row.Cgroup?.Id).AppendValue(row.Cgroup?.ContainerId).AppendValue(row.Cgroup?.PodName)
                    .AppendValue(row.Cgroup?.PodNamespace).AppendValue(row.Cgroup?.ContainerName).EndRow();
            }
        }
    }

    private static DateTime TimeOf(long unixNanoseconds) => DateTime.UnixEpoch.AddTicks(unixNanoseconds / 100);

    private void Confine(Snapshot snapshot)
    {
        Execute($"SET temp_directory = {Quote(_temporary)}");
        Execute($"SET allowed_directories = [{Quote(snapshot.Directory)}]");
        Execute("SET enable_external_access = false");
        Execute("SET lock_configuration = true");
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string ShippedViews()
    {
        using var stream = typeof(CaptureDatabase).Assembly.GetManifestResourceStream("views.sql")
            ?? throw new InvalidOperationException("this build has no views inside");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static string List(IEnumerable<string> paths) => string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", paths.Select(Quote))}]");

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
