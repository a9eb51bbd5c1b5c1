using System.Globalization;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Query.Filters;
using NetMon.Query.Printing;
using NetMon.Query.Sql;

namespace NetMon.Query.Follow;

/// <summary>Events that are in a capture already, from all of its files. One thread.</summary>
/// <param name="capture">Where it is.</param>
/// <param name="filter">Which of them.</param>
/// <param name="log">Names what can't be read.</param>
internal sealed class History(CaptureSettings capture, Filter filter, Logger log)
{
    /// <summary>More are not kept in memory until it is known that there are so many.</summary>
    private const int MostToCollect = 100_000;

    private readonly StoredEvents _stored = new();

    /// <summary>All of them, in the order of their times.</summary>
    /// <param name="take">Takes them.</param>
    /// <param name="taken">Called with the snapshot that they are read from, after the last.</param>
    public void ReadAll(EventTaker take, Action<Snapshot>? taken = null) => Read(null, "", take, taken);

    /// <summary>Those of the time before the capture's end.</summary>
    public void ReadEnd(TimeSpan time, EventTaker take) =>
        Read(string.Create(CultureInfo.InvariantCulture, $"timestamp >= getvariable('capture_end') - INTERVAL {(long)time.TotalSeconds} SECONDS"), "", take, null);

    /// <summary>The last ones, in the order of their times: looked for in the latest files first.</summary>
    /// <inheritdoc cref="ReadAll" path="/param"/>
    /// <param name="count">How many.</param>
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
                throw new QueryException("the events that are printed so far are not all: ask again, it goes without that file then");
            }

            database.Rows.Read(sql, rows =>
            {
                while (rows.Read())
                {
                    // They are sorted, so files that can't be read are found before the first one comes.
                    isTaken = true;
                    var e = _stored.Read(rows, out var node);
                    take(node, in e);
                }
            });
            taken?.Invoke(snapshot);
        });
    }

    /// <summary>Beginnings of times to look in, before all of the capture.</summary>
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
