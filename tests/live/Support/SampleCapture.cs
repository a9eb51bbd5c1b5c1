using System.Globalization;

namespace NetMon.LiveTests.Support;

/// <summary>A capture directory with known content, written by DuckDB, and netmon query on it.</summary>
internal sealed class SampleCapture(string directory)
{
    public string Directory => directory;

    /// <summary>Adds a sealed hour. Times of rows are times of day.</summary>
    public SampleCapture Hour(string date, int hour, params SampleRow[] rows)
    {
        var folder = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"events/date={date}/hour={hour:00}"));
        System.IO.Directory.CreateDirectory(folder);
        Write(SampleRow.Columns, rows.Select(row => row.Values(date)), Path.Combine(folder, $"{rows[0].Node}.parquet"));
        return this;
    }

    /// <summary>Adds a sealed day of losses: from, to, stage, reason, count.</summary>
    public SampleCapture Losses(string date, params (string From, string To, string Stage, string Reason, long? Count)[] rows)
    {
        var folder = Path.Combine(directory, $"loss/date={date}");
        System.IO.Directory.CreateDirectory(folder);
        Write(
            "\"from\" TIMESTAMP, \"to\" TIMESTAMP, node VARCHAR, stage VARCHAR, reason VARCHAR, count BIGINT",
            rows.Select(row => $"'{row.From}', '{row.To}', 'n1', '{row.Stage}', '{row.Reason}', {row.Count?.ToString(CultureInfo.InvariantCulture) ?? "NULL"}"),
            Path.Combine(folder, "n1.parquet"));
        return this;
    }

    /// <summary>The answer as CSV without its header, by lines.</summary>
    public string[] Ask(string sql) => Query("--format", "csv", sql).MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];

    /// <summary>netmon query on it.</summary>
    public Shell.Result Query(params string[] arguments) => Shell.Run(Repository.Agent, ["query", "--capture", directory, .. arguments]);

    private static void Write(string columns, IEnumerable<string> rows, string file) =>
        _ = Duck.Rows($"CREATE TABLE t ({columns}); INSERT INTO t VALUES {string.Join(", ", rows.Select(row => $"({row})"))}; COPY t TO '{file}'; SELECT 1");
}
