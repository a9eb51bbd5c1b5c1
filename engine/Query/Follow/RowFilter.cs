using DuckDB.NET.Data;
using NetMon.Query.Hot;
using NetMon.Query.Sql;
using NetMon.Storage.Hot;

namespace NetMon.Query.Follow;

/// <summary>Selects the rows of a batch that match an SQL condition, using DuckDB, so that following and querying filter in the same way. Not thread-safe.</summary>
internal sealed class RowFilter : IDisposable
{
    private const string Function = "netmon_batch";
    private readonly DuckDBConnection? _connection;
    private readonly DuckDBCommand? _command;
    private readonly HotCursor _cursor = new();
    private readonly List<int> _rows = [];

    /// <param name="condition">A condition over the columns of events, which may use macros of the shipped views. Null: all rows.</param>
    public RowFilter(string? condition)
    {
        if (condition is null)
        {
            return;
        }

        _connection = new DuckDBConnection("DataSource=:memory:");
        _connection.Open();
        _command = _connection.CreateCommand();
        Execute("SET threads = 1; SET TimeZone = 'UTC'");
        foreach (var macro in ViewScript.Shipped().NeededBy(condition))
        {
            Execute(macro);
        }

        HotTable.RegisterNumbered(_connection, Function, Rows);
        _command.CommandText = $"SELECT {HotTable.RowNumber} FROM {Function}() WHERE {condition} ORDER BY 1";
    }

    /// <summary>Returns the matching rows in order; valid until the next call.</summary>
    public IReadOnlyList<int> Select(string node, HotBatch batch)
    {
        _rows.Clear();
        if (_command is null)
        {
            _rows.AddRange(Enumerable.Range(0, batch.Rows));
            return _rows;
        }

        _cursor.Begin(node, batch);
        using var reader = _command.ExecuteReader();
        while (reader.Read())
        {
            _rows.Add(reader.GetInt32(0));
        }

        return _rows;
    }

    public void Dispose()
    {
        _command?.Dispose();
        _connection?.Dispose();
    }

    private IEnumerable<HotCursor> Rows()
    {
        for (var row = 0; row < _cursor.Batch.Rows; row++)
        {
            _cursor.Row = row;
            yield return _cursor;
        }
    }

    private void Execute(string sql)
    {
        _command!.CommandText = sql;
        _command.ExecuteNonQuery();
    }
}
