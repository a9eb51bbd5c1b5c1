using System.Data.Common;
using System.Globalization;
using DuckDB.NET.Data;
using NetMon.Query.Buckets;
using NetMon.Query.Printing;
using NetMon.Query.Sql;

namespace NetMon.Query.Export;

/// <summary>
/// Writes all events in time order. Sorts and writes one slice of time after another, so that memory holds one slice, not the
/// answer. An attempt after a damaged file continues where the last one stopped. Not thread-safe.
/// </summary>
/// <param name="format">Parquet, CSV, TSV or NDJSON.</param>
/// <param name="output">The output; not disposed.</param>
/// <param name="groupRows">Rows per row group of a node.</param>
internal sealed class ExportedEvents(OutputFormat format, Stream output, int groupRows = ExportedEvents.GroupRows) : IDisposable
{
    /// <summary>The questions for the query plan.</summary>
    public const string Questions = $"{Seconds}; {Events}";

    private const string Seconds = "SELECT epoch_us(timestamp) // 1000000 AS second, count(*) AS events FROM events GROUP BY second ORDER BY second";
    private const string Events = "SELECT * EXCLUDE (date, hour) FROM events";
    private const int GroupRows = 122_880;

    /// <summary>Row groups per node in a slice. The first and the last of them are read for two slices.</summary>
    private const int GroupsInSlice = 4;

    private readonly List<string> _parts = [];
    private ProgressLine? _progress;
    private DateTime _from = DateTime.MinValue;
    private bool _hasHeader;
    private bool _isTorn;
    private long _rows;
    private long _rowsWritten;
    private long _bytes;

    /// <summary>Writes the events that have not been written yet.</summary>
    /// <param name="database">The database, loaded with the events.</param>
    /// <param name="snapshot">The snapshot that it was loaded from.</param>
    /// <exception cref="DuckDBException">A file is corrupt.</exception>
    /// <exception cref="IOException">The output can't be written.</exception>
    /// <exception cref="QueryException">A part of a slice was written before a file turned out to be corrupt.</exception>
    public void Write(CaptureDatabase database, Snapshot snapshot)
    {
        if (_isTorn)
        {
            throw new QueryException("the events that are written so far are not all, because a file could not be read to its end: export again");
        }

        _progress ??= new ProgressLine(FetchProgress.Terminal, () => _rows == 0 ? -1 : 100.0 * Volatile.Read(ref _rowsWritten) / _rows, () => Volatile.Read(ref _bytes));
        var nodes = snapshot.Events.Select(file => file["netmon.node"]).Distinct().Count();
        var slices = Slices(database, (long)groupRows * GroupsInSlice * Math.Max(1, nodes));
        _rows = _rowsWritten + slices.Sum(slice => slice.Rows);
        foreach (var (to, rows) in slices)
        {
            var question = $"{Events} WHERE timestamp >= {Literal(_from)} AND timestamp < {Literal(to)} ORDER BY timestamp";
            if (format == OutputFormat.Parquet && (slices.Count > 1 || _parts.Count > 0))
            {
                var part = Path.Combine(database.Temporary, string.Create(CultureInfo.InvariantCulture, $"part-{_parts.Count}.parquet"));
                database.Rows.Copy(question, CopyFormat.Parquet, part);
                _parts.Add(part);
            }
            else
            {
                Write(database, question);
            }

            _from = to;
            Volatile.Write(ref _rowsWritten, _rowsWritten + rows);
        }

        if (_parts.Count > 0)
        {
            Write(database, $"FROM read_parquet([{string.Join(", ", _parts.Select(SqlText.Quote))}])");
            _parts.Clear();
        }
    }

    public void Dispose() => _progress?.Dispose();

    /// <summary>Returns the end and the number of rows of each slice; without events, one empty slice without an end.</summary>
    private List<(DateTime To, long Rows)> Slices(CaptureDatabase database, long most)
    {
        List<(DateTime To, long Rows)> slices = [];
        var from = _from;
        database.Rows.Read(Seconds, Read);
        return slices.Count > 0 || _hasHeader ? slices : [(DateTime.MaxValue, 0)];

        void Read(DbDataReader seconds)
        {
            while (seconds.Read())
            {
                var (end, rows) = (DateTime.UnixEpoch.AddSeconds(seconds.GetInt64(0) + 1), seconds.GetInt64(1));
                if (end <= from)
                {
                    continue;
                }

                if (slices.Count > 0 && slices[^1].Rows + rows <= most)
                {
                    slices[^1] = (end, slices[^1].Rows + rows);
                }
                else
                {
                    slices.Add((end, rows));
                }
            }
        }
    }

    private void Write(CaptureDatabase database, string question)
    {
        var held = new HeldOutput(output, Console.IsOutputRedirected ? null : _progress!.Dispose);
        try
        {
            if (format == OutputFormat.Tsv)
            {
                using var writer = new StreamWriter(held, bufferSize: 64 * 1024, leaveOpen: true) { NewLine = "\n" };
                database.Rows.Print(new Statement(question, null), new PrintStyle(format, null) { HasHeader = !_hasHeader }, writer);
            }
            else
            {
                using var pipe = new PipedFile(database.Temporary, held);
                pipe.Write(path => database.Rows.Copy(question, Copied, path));
            }
        }
        catch (DuckDBException)
        {
            _isTorn = !held.TryDiscard();
            throw;
        }

        held.Release();
        _hasHeader = true;
        Volatile.Write(ref _bytes, _bytes + held.Written);
    }

    private CopyFormat Copied => format switch
    {
        OutputFormat.Parquet => CopyFormat.Parquet,
        OutputFormat.Csv => _hasHeader ? CopyFormat.CsvRows : CopyFormat.Csv,
        _ => CopyFormat.Ndjson,
    };

    private static string Literal(DateTime time) =>
        time == DateTime.MinValue ? "'-infinity'::TIMESTAMP" : time == DateTime.MaxValue ? "'infinity'::TIMESTAMP" : string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{time:yyyy-MM-dd HH:mm:ss.ffffff}'");
}
