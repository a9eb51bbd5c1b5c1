namespace NetMon.Query;

/// <summary>What is printed where nobody asks for anything: the last hour in five short tables.</summary>
internal static class LastHour
{
    private static readonly (string Title, string Sql)[] Tables =
    [
        ("events", "SELECT type, direction, coalesce(result, reason, '') AS outcome, count(*) AS events FROM recent GROUP BY ALL ORDER BY events DESC LIMIT 20"),
        ("who moves most", "SELECT workload, peer, peer_port, direction, count(*) AS connections, sum(bytes_sent)::BIGINT AS bytes_sent, sum(bytes_received)::BIGINT AS bytes_received "
            + "FROM recent WHERE type = 'CLOSE' GROUP BY ALL ORDER BY sum(bytes_sent) + sum(bytes_received) DESC LIMIT 10"),
        ("what fails", "SELECT workload, peer, peer_port, result, count(*) AS attempts, max(timestamp) AS last FROM recent WHERE type = 'CONNECT' AND result <> 'established' GROUP BY ALL ORDER BY attempts DESC LIMIT 10"),
        ("new destinations today", "SELECT * FROM new_destinations ORDER BY first_seen DESC LIMIT 10"),
        ("how complete", "SELECT * FROM completeness ORDER BY date DESC, hour DESC LIMIT 3"),
    ];

    public static void Print(CaptureDatabase database, Snapshot snapshot, OutputFormat format, TextWriter output)
    {
        if (database.Value("SELECT max(timestamp) FROM events") is not DateTime last)
        {
            throw new QueryException($"{snapshot.Directory} has no events yet: they are readable about a second after they happen, as long as netmon run --capture is running");
        }

        var since = last.AddHours(-1);
        foreach (var (title, sql) in Tables)
        {
            output.Write($"{(format == OutputFormat.Markdown ? "## " : "-- ")}{title}, {(title.EndsWith("today", StringComparison.Ordinal) || title.StartsWith("how", StringComparison.Ordinal) ? "UTC" : $"{since:yyyy-MM-dd HH:mm} to {last:HH:mm} UTC")}\n");
            database.Print($"WITH recent AS (SELECT *, workload_of(pod_namespace, pod_name, container_name, process) AS workload, "
                + $"CASE direction WHEN 'outbound' THEN dst_ip ELSE src_ip END AS peer, dst_port AS peer_port FROM events WHERE timestamp > TIMESTAMP '{since:yyyy-MM-dd HH:mm:ss}') {sql}", format, output);
            output.Write('\n');
        }
    }
}
