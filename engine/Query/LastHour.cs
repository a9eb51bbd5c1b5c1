namespace NetMon.Query;

/// <summary>What is printed where nobody asks for anything: the hour before the capture's last event, in five short tables.</summary>
internal static class LastHour
{
    private static readonly (string Title, string Sql)[] OfTheHour =
    [
        ("events", "SELECT type, direction, coalesce(result, reason, '') AS outcome, count(*) AS events FROM recent GROUP BY ALL ORDER BY events DESC LIMIT 20"),
        ("who moves most", "SELECT workload, peer, dst_port AS port, direction, count(*) FILTER (type = 'CLOSE') AS connections, sum(coalesce(delta_sent, bytes_sent))::BIGINT AS bytes_sent, sum(coalesce(delta_received, bytes_received))::BIGINT AS bytes_received"
            + " FROM recent WHERE type IN ('CLOSE', 'FLOW') GROUP BY ALL ORDER BY sum(coalesce(delta_sent, bytes_sent) + coalesce(delta_received, bytes_received)) DESC LIMIT 10"),
        ("what fails", "SELECT workload, peer, dst_port AS port, result, count(*) AS attempts, max(timestamp) AS last"
            + " FROM recent WHERE type = 'CONNECT' AND result <> 'established' GROUP BY ALL ORDER BY attempts DESC LIMIT 10"),
    ];

    private static readonly (string Title, string Sql)[] OfTheDay =
    [
        ("new destinations of the day", "FROM new_destinations ORDER BY first_seen DESC LIMIT 10"),
        ("how complete", "FROM completeness ORDER BY date DESC, hour DESC LIMIT 3"),
    ];

    /// <exception cref="QueryException">There are no events.</exception>
    public static void Print(CaptureDatabase database, Snapshot snapshot, OutputFormat format, TextWriter output)
    {
        if (database.Value("SELECT max(timestamp) FROM events") is not DateTime last)
        {
            throw new QueryException($"{snapshot.Directory} has no events yet: they are readable about a second after they happen, as long as netmon run --capture is running");
        }

        var since = last.AddHours(-1);
        var heading = format == OutputFormat.Markdown ? "## " : "-- ";
        var recent = "WITH recent AS (SELECT *, workload_of(pod_namespace, pod_name, container_name, process) AS workload,"
            + $" CASE direction WHEN 'outbound' THEN dst_ip ELSE src_ip END AS peer FROM events WHERE timestamp > TIMESTAMP '{since:yyyy-MM-dd HH:mm:ss}') ";
        foreach (var (title, sql) in OfTheHour)
        {
            output.Write($"{heading}{title}, {since:yyyy-MM-dd HH:mm} to {last:HH:mm} UTC\n");
            database.Print(recent + sql, format, output);
            output.Write('\n');
        }

        foreach (var (title, sql) in OfTheDay)
        {
            output.Write($"{heading}{title}, UTC\n");
            database.Print(sql, format, output);
            output.Write('\n');
        }
    }
}
