using System.Globalization;

namespace NetMon.Query.Report;

/// <summary>
/// The questions of a report, as SQL over the views. Each answer is a list of rows in the page's data, named after the question; the page
/// refers to columns by position (Page/data.js).
/// </summary>
internal sealed class ReportQuestions
{
    /// <summary>A view of who called whom in the time of the report.</summary>
    private const string Pairs = "report_pairs";

    /// <summary>A view of events by minute, type and result.</summary>
    private const string Minutes = "report_minutes";

    /// <summary>A view of latencies of established connections, by server and class.</summary>
    private const string Latencies = "report_latencies";

    private const string Workload = "workload_name(workload, pod_namespace, pod_name, container_name, process)";
    private const string PeerName = "coalesce(names.workload, names.namespace || '/' || names.pod, names.pod, 'node/' || names.node)";
    private const string Outside = "CASE WHEN is_private(peer) THEN 1 ELSE 2 END";
    private const int MostEdges = 700;
    private readonly ReportWindow _window;
    private readonly string _hours;

    private ReportQuestions(ReportWindow window)
    {
        _window = window;
        _hours = string.Create(
            CultureInfo.InvariantCulture,
            $"date + to_hours(hour) >= TIMESTAMP '{window.FirstHour:yyyy-MM-dd HH:mm:ss}' AND date + to_hours(hour) < TIMESTAMP '{window.To:yyyy-MM-dd HH:mm:ss.ffffff}'");
    }

    /// <summary>Views that several questions read; they are materialised.</summary>
    public IReadOnlyList<(string Name, string Sql)> Views { get; private init; } = [];

    /// <summary>The questions, by name.</summary>
    public IReadOnlyList<(string Name, string Sql)> Questions { get; private init; } = [];

    /// <summary>Receives the progress.</summary>
    public ReportProgress? Progress { get; private init; }

    /// <summary>All SQL of the report, to determine the views that it needs.</summary>
    public string Text => string.Join('\n', Views.Concat(Questions).Select(question => question.Sql));

    /// <summary>Creates the questions about the time of the report.</summary>
    /// <param name="window">The time.</param>
    /// <param name="hasAllAttempts">Whether failed attempts can be compared with others.</param>
    /// <param name="progress">Receives the progress.</param>
    public static ReportQuestions Of(ReportWindow window, bool hasAllAttempts, ReportProgress progress)
    {
        var questions = new ReportQuestions(window);
        return new ReportQuestions(window) { Progress = progress, Views = questions.Kept, Questions = hasAllAttempts ? [.. questions.All, ("scans", Scans)] : questions.All };
    }

    /// <summary>Creates the questions that also need the time before the report.</summary>
    public static ReportQuestions WithHistory(ReportWindow window)
    {
        var questions = new ReportQuestions(window);
        return new ReportQuestions(window) { Questions = [("fresh", questions.Fresh)] };
    }

    private IReadOnlyList<(string Name, string Sql)> Kept =>
    [
        (Pairs, $"""
            CREATE VIEW {Pairs} AS SELECT node, direction, {Workload} AS workload, peer, port, result, errno,
                {PeerName} AS peer_name,
                sum(attempts)::BIGINT AS attempts, sum(accepts)::BIGINT AS accepts, sum(closed)::BIGINT AS closed, sum(bytes_sent)::BIGINT AS sent, sum(bytes_received)::BIGINT AS received,
                sum(retransmits)::BIGINT AS retransmits, min(first) AS first, max(last) AS last
            FROM named_tallies WHERE {_hours} GROUP BY ALL
            """),
        (Latencies, $"""
            CREATE VIEW {Latencies} AS SELECT peer, port, class, sum(n)::BIGINT AS n FROM (
                SELECT peer, port, split_part(pair, ':', 1)::INTEGER AS class, split_part(pair, ':', 2)::BIGINT AS n
                FROM (SELECT peer, port, unnest(string_split(latency, ' ')) AS pair FROM tallies WHERE direction = 'outbound' AND result = 'established' AND latency IS NOT NULL AND {_hours})
                UNION ALL
                SELECT peer, port, latency_bucket(latency_us)::INTEGER, count(*) FROM tallies
                WHERE direction = 'outbound' AND result = 'established' AND latency_us IS NOT NULL AND {_hours} GROUP BY ALL
            ) GROUP BY ALL
            """),
        .. _window.ByMinute ? (IReadOnlyList<(string, string)>)[(Minutes, MinuteSums)] : [],
    ];

    private IReadOnlyList<(string Name, string Sql)> All =>
    [
        ("nodes", $"SELECT DISTINCT node FROM {Pairs} ORDER BY node"),
        ("totals", $"""
            SELECT coalesce(sum(attempts), 0)::BIGINT, coalesce(sum(attempts) FILTER (result <> 'established'), 0)::BIGINT, coalesce(sum(accepts), 0)::BIGINT, coalesce(sum(closed), 0)::BIGINT,
                coalesce(sum(sent), 0)::BIGINT, coalesce(sum(received), 0)::BIGINT, count(DISTINCT workload), count(DISTINCT coalesce(peer_name, peer)), epoch_ms(min(first)), epoch_ms(max(last)),
                coalesce(sum(retransmits), 0)::BIGINT
            FROM {Pairs}
            """),
        ("latency", $"""
            WITH classes AS (SELECT class, sum(n) AS n FROM {Latencies} GROUP BY ALL), running AS (SELECT class, sum(n) OVER (ORDER BY class) AS upto, sum(n) OVER () AS total FROM classes)
            SELECT latency_of_bucket(min(class) FILTER (upto >= 0.5 * total))::BIGINT, latency_of_bucket(min(class) FILTER (upto >= 0.99 * total))::BIGINT FROM running
            """),
        ("series", _window.ByMinute ? MinuteSeries : HourSeries),
        ("failing", _window.ByMinute ? MinuteFailures : HourFailures),
        ("edges", Edges),
        ("causes", $"""
            SELECT result, errno, sum(attempts)::BIGINT AS n, count(DISTINCT workload), count(DISTINCT (peer, port)) FROM {Pairs}
            WHERE direction = 'outbound' AND attempts > 0 AND result <> 'established' GROUP BY ALL ORDER BY n DESC, result, errno LIMIT 20
            """),
        ("failures", $"""
            WITH paths AS (SELECT workload, peer, port, sum(attempts)::BIGINT AS tried FROM {Pairs} WHERE attempts > 0 GROUP BY ALL)
            SELECT workload, coalesce(any_value(peer_name), peer), peer, port, result, errno, sum(attempts)::BIGINT AS n, any_value(tried), epoch_ms(min(first)), epoch_ms(max(last)), string_agg(DISTINCT node, ', ' ORDER BY node)
            FROM {Pairs} JOIN paths USING (workload, peer, port) WHERE attempts > 0 AND result <> 'established'
            GROUP BY workload, peer, port, result, errno ORDER BY n DESC, workload, peer, port, result LIMIT 100
            """),
        ("slow", $"""
            WITH running AS (SELECT *, sum(n) OVER (PARTITION BY peer, port ORDER BY class) AS upto, sum(n) OVER (PARTITION BY peer, port) AS total FROM {Latencies}),
            quantiles AS (
                SELECT peer, port, any_value(total)::BIGINT AS n, latency_of_bucket(min(class) FILTER (upto >= 0.5 * total))::BIGINT AS p50, latency_of_bucket(min(class) FILTER (upto >= 0.99 * total))::BIGINT AS p99
                FROM running GROUP BY ALL HAVING any_value(total) >= 20
            )
            SELECT coalesce(any_value(peer_name), peer), peer, port, any_value(n), any_value(p50), any_value(p99), count(DISTINCT workload), min(workload)
            FROM quantiles JOIN {Pairs} USING (peer, port) WHERE direction = 'outbound' AND result = 'established' GROUP BY peer, port ORDER BY any_value(p99) DESC, any_value(n) DESC, peer, port LIMIT 100
            """),
        ("movers", $"""
            SELECT workload, sum(attempts)::BIGINT, sum(accepts)::BIGINT, coalesce(sum(attempts) FILTER (result <> 'established'), 0)::BIGINT, sum(sent)::BIGINT AS s, sum(received)::BIGINT AS r,
                count(DISTINCT coalesce(peer_name, peer)), sum(retransmits)::BIGINT, string_agg(DISTINCT node, ', ' ORDER BY node)
            FROM {Pairs} GROUP BY workload ORDER BY s + r DESC, workload LIMIT 300
            """),
        ("hours", $"SELECT node, epoch_ms(date + to_hours(hour)), events, lost, unknown_gaps, covered_percent, percent FROM completeness WHERE {_hours} ORDER BY node, 2"),
        ("losses", $"""
            SELECT node, stage || '.' || reason, sum(count)::BIGINT, count(*) FILTER (count IS NULL), epoch_ms(min("from")), epoch_ms(max("to")) FROM loss
            WHERE stage <> 'json' AND "to" >= {_window.FromText} AND "from" < {_window.ToText} GROUP BY ALL ORDER BY 3 DESC NULLS LAST, node, 2 LIMIT 200
            """),
    ];

    /// <summary>Processes that try at least 20 ports or addresses, and mostly fail.</summary>
    private static string Scans => $"""
        SELECT workload, kind, target, different, attempts, failed, node, epoch_ms(first) FROM (
            SELECT workload, node, 'ports' AS kind, peer AS target, count(DISTINCT port) AS different, sum(attempts)::BIGINT AS attempts, coalesce(sum(attempts) FILTER (result <> 'established'), 0)::BIGINT AS failed, min(first) AS first
            FROM {Pairs} WHERE attempts > 0 GROUP BY ALL
            UNION ALL
            SELECT workload, node, 'addresses', port::VARCHAR, count(DISTINCT peer), sum(attempts)::BIGINT, coalesce(sum(attempts) FILTER (result <> 'established'), 0)::BIGINT, min(first)
            FROM {Pairs} WHERE attempts > 0 GROUP BY ALL
        ) WHERE different >= 20 AND failed * 2 > attempts ORDER BY different DESC, workload, target LIMIT 20
        """;

    private string HourSeries => $"""
        SELECT epoch_ms(date + to_hours(hour)) AS t, sum(attempts)::BIGINT, coalesce(sum(attempts) FILTER (result <> 'established'), 0)::BIGINT, sum(accepts)::BIGINT, sum(bytes_sent)::BIGINT, sum(bytes_received)::BIGINT
        FROM tallies WHERE {_hours} GROUP BY ALL ORDER BY t
        """;

    private string HourFailures => $"""
        SELECT epoch_ms(date + to_hours(hour)) AS t, result, sum(attempts)::BIGINT FROM tallies WHERE attempts > 0 AND result <> 'established' AND {_hours} GROUP BY ALL ORDER BY t, result
        """;

    private string MinuteSums => $"""
        CREATE VIEW {Minutes} AS SELECT epoch_us(timestamp) // 60000000 * 60000 AS t, type, result, count(*) AS n,
            coalesce(sum(CASE WHEN connection_id IS NULL THEN bytes_sent ELSE delta_sent END) FILTER (type IN ('CLOSE', 'FLOW')), 0)::BIGINT AS sent,
            coalesce(sum(CASE WHEN connection_id IS NULL THEN bytes_received ELSE delta_received END) FILTER (type IN ('CLOSE', 'FLOW')), 0)::BIGINT AS received
        FROM events WHERE timestamp >= {_window.FromText} AND timestamp < {_window.ToText} GROUP BY ALL
        """;

    private static string MinuteSeries => $"""
        SELECT t, coalesce(sum(n) FILTER (type = 'CONNECT'), 0)::BIGINT, coalesce(sum(n) FILTER (type = 'CONNECT' AND result <> 'established'), 0)::BIGINT, coalesce(sum(n) FILTER (type = 'ACCEPT'), 0)::BIGINT,
            sum(sent)::BIGINT, sum(received)::BIGINT
        FROM {Minutes} GROUP BY ALL ORDER BY t
        """;

    private static string MinuteFailures => $"SELECT t, result, n FROM {Minutes} WHERE type = 'CONNECT' AND result <> 'established' ORDER BY t, result";

    /// <summary>
    /// Who called whom: from the calling end, or from the called end if the caller is unknown here. Ends are workloads (0), private (1) or
    /// public (2) addresses. Those that are not among the top by connections, failures or bytes are summed up: addresses as '*', and edges
    /// between workloads by namespace, as 'NAMESPACE/*'.
    /// </summary>
    private static string Edges => $"""
        WITH ends AS (
            SELECT workload AS client, 0 AS client_kind, coalesce(peer_name, peer) AS server, CASE WHEN peer_name IS NOT NULL THEN 0 ELSE {Outside} END AS server_kind, port,
                sum(attempts)::BIGINT AS n, coalesce(sum(attempts) FILTER (result <> 'established'), 0)::BIGINT AS failed, sum(sent)::BIGINT AS sent, sum(received)::BIGINT AS received
            FROM {Pairs} WHERE direction = 'outbound' GROUP BY ALL
            UNION ALL
            SELECT peer, {Outside}, workload, 0, port, sum(accepts)::BIGINT, 0, sum(received)::BIGINT, sum(sent)::BIGINT FROM {Pairs} WHERE direction = 'inbound' AND peer_name IS NULL GROUP BY ALL
        ), ranked AS (
            SELECT *, row_number() OVER (ORDER BY n DESC, client, server, port) <= {MostEdges} OR row_number() OVER (ORDER BY sent + received DESC, client, server, port) <= {MostEdges}
                OR (failed > 0 AND row_number() OVER (ORDER BY failed DESC, client, server, port) <= {MostEdges}) AS shown
            FROM ends
        )
        SELECT client, client_kind, server, server_kind, port, n, failed, sent, received, 1 AS edges FROM ranked WHERE shown
        UNION ALL
        SELECT CASE WHEN client_kind > 0 THEN '*' WHEN server_kind > 0 THEN client ELSE split_part(client, '/', 1) || '/*' END AS c, client_kind,
            CASE WHEN server_kind > 0 THEN '*' WHEN client_kind > 0 THEN server ELSE split_part(server, '/', 1) || '/*' END AS s, server_kind, 0,
            sum(n)::BIGINT, sum(failed)::BIGINT, sum(sent)::BIGINT, sum(received)::BIGINT, count(*) FROM ranked WHERE NOT shown GROUP BY ALL
        ORDER BY n DESC, client, server, port
        """;

    /// <summary>What a workload reached in the time of the report for the first time in a month, at least an hour after its first known connection.</summary>
    private string Fresh => $"""
        WITH reached AS (
            SELECT {Workload} AS workload, peer, port, any_value({PeerName}) AS name, min(first) AS first, sum(attempts)::BIGINT AS n, arg_min(node, first) AS node FROM named_tallies
            WHERE attempts > 0 AND result = 'established' AND date + to_hours(hour) >= {_window.HistoryText} AND date + to_hours(hour) < {_window.ToText} GROUP BY ALL
        ), known AS (SELECT workload, min(first) AS since FROM reached GROUP BY ALL)
        SELECT workload, coalesce(name, peer) AS called, peer, port, {Outside} AS kind, epoch_ms(first) AS first_seen, n, node
        FROM reached JOIN known USING (workload) WHERE first >= {_window.FromText} AND first >= since + INTERVAL 1 HOUR
        ORDER BY kind DESC, first_seen DESC, workload, peer, port LIMIT 200
        """;
}
