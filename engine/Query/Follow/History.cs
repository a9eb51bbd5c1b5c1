using System.Globalization;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Query.Filters;
using NetMon.Query.Printing;
using NetMon.Query.Sql;

namespace NetMon.Query.Follow;

/// <summary>Reads existing events from all files of a capture. Not thread-safe.</summary>
/// <param name="capture">The capture.</param>
/// <param name="filter">The events to read.</param>
/// <param name="log">Logs what can't be read.</param>
internal sealed class History(CaptureSettings capture, Filter filter, Logger log)
{
    /// <summary>The maximum number of events collected in memory before the number of matches is known.</summary>
    private const int MostToCollect = 100_000;

    private readonly StoredEvents _stored = new();

    /// <summary>Reads all events, ordered by time.</summary>
    /// <param name="take">Receives the events.</param>
    /// <param name="taken">Called after the last event with the snapshot that they were read from.</param>
    public void ReadAll(EventTaker take, Action<Snapshot>? taken = null) => Read(null, "", take, taken);

    /// <summary>Reads the events of the last part of the capture.</summary>
    public void ReadEnd(TimeSpan time, EventTaker take) =>
        Read(string.Create(CultureInfo.InvariantCulture, $"timestamp >= getvariable('capture_end') - INTERVAL {(long)time.TotalSeconds} SECONDS"), "", take, null);

    /// <summary>Reads the last events, ordered by time. Searches the latest files first.</summary>
    /// <inheritdoc cref="ReadAll" path="/param"/>
    /// <param name="count">The number of events.</param>
    public void ReadLast(long count, EventTaker take, Action<Snapshot>? taken = null)
    {
        var windows = count <= MostToCollect ? Windows() : [];
        foreach (var from in windows)
        {
            List<(string Node, ConnectionEvent Event)> last = [];
            Snapshot? of = null;
            Read(
                $"timestamp >= {Literal(from)}",
                string.Create(CultureInfo.InvariantCulture, $"ORDER BY timestamp DESC LIMIT {count}"),
                (string node, in ConnectionEvent e) => last.Add((node, e)),
                snapshot =>
                {
                    if (last.Count < count)
                    {
                        return;
                    }

                    of = snapshot;
                    taken?.Invoke(snapshot);
                });
            if (of is not null)
            {
                last.ForEach(e => take(e.Node, in e.Event));
                return;
            }
        }

        Read(null, string.Create(CultureInfo.InvariantCulture, $"ORDER BY timestamp DESC LIMIT {count}"), take, taken);
    }

    private void Read(string? condition, string order, EventTaker take, Action<Snapshot>? taken)
    {
        var where = condition is null ? "" : $"WHERE {condition}";
        var sql = $"FROM (SELECT {StoredEvents.Columns} FROM events {where} {order}) ORDER BY timestamp";
        using var answer = new Answer(new QuerySettings(capture, filter, [new Statement(sql, null)], sql, new PrintStyle(OutputFormat.Table, null)), log);
        var isTaken = false;
        answer.Read((database, snapshot) =>
        {
            if (isTaken)
            {
                throw new QueryException("the events printed so far are incomplete: run the command again, it skips that file then");
            }

            database.Rows.Read(sql, rows =>
            {
                while (rows.Read())
                {
                    // The rows are sorted, so unreadable files are detected before the first row is returned.
                    isTaken = true;
                    var e = _stored.Read(rows, out var node);
                    take(node, in e);
                }
            });
            taken?.Invoke(snapshot);
        });
    }

    /// <summary>Yields start times of growing windows to search before the whole capture.</summary>
    private IEnumerable<DateTime> Windows()
    {
        var end = filter.Until ?? DateTime.UtcNow;
        var hour = capture.Bucket is null ? Snapshot.LastHour(capture.Place) : null;
        var hours = HourRange.StartOf(hour < end ? hour.Value : end);
        DateTime[] windows = [end.AddMinutes(-1), hours, hours.AddHours(-1), hours.AddHours(-6), hours.AddHours(-24)];
        return windows.Where(from => !(from <= filter.Since));
    }

    private static string Literal(DateTime time) => string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{time:yyyy-MM-dd HH:mm:ss.ffffff}'");
}
