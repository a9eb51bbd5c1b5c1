using System.Globalization;
using NetMon.Query.Filters;
using NetMon.Query.Sql;

namespace NetMon.Query;

/// <summary>The overview that is printed without a question: the last one to two hours of the capture, in short tables.</summary>
internal sealed class Picture
{
    /// <summary>The view that the tables are computed from; it is materialised.</summary>
    public const string Source = "recent";

    private const string Columns = "direction, process, pod_namespace, pod_name, container_name, workload, peer, port, result, sum(attempts) AS attempts, sum(accepts) AS accepts,"
        + " sum(closed) AS closed, sum(bytes_sent) AS bytes_sent, sum(bytes_received) AS bytes_received, max(last) AS last";

    private const string Names = "workload_name(workload, pod_namespace, pod_name, container_name, process) AS workload";

    private static readonly (string Title, string Sql)[] OfTheHour =
    [
        ("events", "SELECT type, direction, outcome, sum(n)::BIGINT AS events FROM ("
            + "SELECT 'CONNECT' AS type, direction, result AS outcome, attempts AS n FROM recent UNION ALL SELECT 'ACCEPT', direction, NULL, accepts FROM recent"
            + " UNION ALL SELECT 'CLOSE', direction, NULL, closed FROM recent) WHERE n > 0 GROUP BY ALL ORDER BY events DESC, type, direction, outcome LIMIT 20"),
        ("who transfers most", $"SELECT {Names}, direction, peer, port, sum(closed)::BIGINT AS connections, sum(bytes_sent)::BIGINT AS bytes_sent, sum(bytes_received)::BIGINT AS bytes_received"
            + " FROM recent WHERE closed > 0 OR bytes_sent > 0 OR bytes_received > 0 GROUP BY ALL ORDER BY sum(bytes_sent + bytes_received) DESC, workload, direction, peer, port LIMIT 10"),
        ("what fails", $"SELECT {Names}, peer, port, result, sum(attempts)::BIGINT AS attempts, max(last) AS last"
            + " FROM recent WHERE attempts > 0 AND result <> 'established' GROUP BY ALL ORDER BY attempts DESC, workload, peer, port, result LIMIT 10"),
        ("many ports or addresses tried", $"SELECT {Names}, kind, target, different, attempts, failed FROM ("
            + "SELECT pod_namespace, pod_name, container_name, process, workload, 'ports' AS kind, peer AS target, count(DISTINCT port) AS different, sum(attempts)::BIGINT AS attempts,"
            + " coalesce(sum(attempts) FILTER (result <> 'established'), 0)::BIGINT AS failed FROM recent WHERE attempts > 0 GROUP BY ALL"
            + " UNION ALL SELECT pod_namespace, pod_name, container_name, process, workload, 'addresses', port::VARCHAR, count(DISTINCT peer), sum(attempts)::BIGINT,"
            + " coalesce(sum(attempts) FILTER (result <> 'established'), 0)::BIGINT FROM recent WHERE attempts > 0 GROUP BY ALL"
            + ") WHERE different >= 20 AND failed * 2 > attempts ORDER BY different DESC, workload, kind, target LIMIT 5"),
    ];

    private static readonly (string Title, string Sql)[] OfTheDay =
    [
        ("new destinations of the day, of workloads known before", "SELECT workload, dst_ip, dst_port, first_seen, connections, node, pod_name, process FROM new_destinations"
            + " WHERE known_since < date_trunc('day', getvariable('capture_end')) ORDER BY first_seen DESC, workload, dst_ip, dst_port LIMIT 10"),
        ("how complete", "FROM completeness ORDER BY date DESC, hour DESC, node LIMIT 3"),
    ];

    private readonly Filter _filter;
    private readonly DateTime _since;
    private readonly DateTime _end;
    private readonly IReadOnlyList<(string Title, string Sql)> _ofTheHour;
    private readonly IReadOnlyList<(string Title, string Sql)> _ofTheDay;

    /// <param name="end">The time of the last event that the filter includes.</param>
    /// <param name="filter">The filter.</param>
    public Picture(DateTime end, Filter filter)
    {
        (_filter, _end) = (filter, end);
        _since = HourRange.StartOf(filter.Since ?? end.AddHours(-1));
        (_ofTheHour, _ofTheDay) = TablesFor(filter);
    }

    /// <summary>The statement that creates <see cref="Source"/>: the filter's time range, or the last event's hour and the one before, as whole hours.</summary>
    public string SourceDefinition => string.Create(
        CultureInfo.InvariantCulture,
        $"CREATE VIEW {Source} AS SELECT {Columns} FROM tallies WHERE {(_since.Date == _end.Date ? $"date = DATE '{_since:yyyy-MM-dd}' AND hour >= {_since.Hour}" : $"date >= DATE '{_since:yyyy-MM-dd}' AND (date > DATE '{_since:yyyy-MM-dd}' OR hour >= {_since.Hour})")} GROUP BY ALL");

    /// <summary>The tables with their headings.</summary>
    public IEnumerable<(string Heading, Statement Table)> Tables =>
        _ofTheHour.Select(table => ($"{table.Title}, {Times} UTC", new Statement(table.Sql, null)))
            .Concat(_ofTheDay.Select(table => ($"{table.Title}, UTC", new Statement(table.Sql, null))));

    /// <summary>All tables combined, with a column that names the table, for formats without headings.</summary>
    public Statement Single => new(
        string.Join(" UNION ALL BY NAME ", _ofTheHour.Concat(_ofTheDay).Select(table => $"(SELECT {SqlText.Quote(table.Title)} AS \"table\", * FROM ({table.Sql}))")), null);

    private string Times => string.Create(CultureInfo.InvariantCulture, $"{_filter.Since ?? _since:yyyy-MM-dd HH:mm} to {(_since.Date == _end.Date ? $"{_end:HH:mm}" : $"{_end:yyyy-MM-dd HH:mm}")}");

    /// <summary>All SQL of the overview, to determine the views that it needs.</summary>
    public static string TextFor(Filter filter) => string.Join('\n', TablesFor(filter).OfTheHour.Concat(TablesFor(filter).OfTheDay).Select(table => table.Sql)) + " tallies";

    /// <summary>The tables, except for those that compare with rows that the filter leaves out.</summary>
    private static (IReadOnlyList<(string Title, string Sql)> OfTheHour, IReadOnlyList<(string Title, string Sql)> OfTheDay) TablesFor(Filter filter) =>
        (filter.HasOutcome ? OfTheHour[..^1] : OfTheHour, filter.Since is not null || filter.HasOutcome ? OfTheDay[1..] : OfTheDay);
}
