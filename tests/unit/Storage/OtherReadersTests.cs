using NetMon.Events;
using Parquet;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>Sealed files by Parquet.Net, which takes fewer encodings than DuckDB and Arrow do.</summary>
public sealed class OtherReadersTests : IDisposable
{
    private const int Rows = 3000;
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public async Task Parquet_Net_reads_every_column()
    {
        var events = Enumerable.Range(0, Rows).Select(n => Event(n)).ToArray();
        var sink = _capture.Open();
        sink.Write(events);
        sink.Close();

        await using var file = File.OpenRead(Path.Combine(_capture.Events, Assert.Single(_capture.Sealed)));
        await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: TestContext.Current.CancellationToken);
        using var group = reader.OpenRowGroupReader(0);
        var fields = reader.Schema.DataFields.ToDictionary(field => field.Name);
        foreach (var field in fields.Values)
        {
            var column = await group.ReadRawColumnDataBaseAsync(field, TestContext.Current.CancellationToken);
            Assert.NotNull(column);
        }

        var times = new DateTime[Rows];
        await group.ReadAsync<DateTime>(fields["timestamp"], times.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        int[] order = [.. Enumerable.Range(0, Rows).OrderBy(row => times[row])]; // the rows of a group are sorted by who and what
        Assert.Equal(events.Select(e => DateTime.UnixEpoch.AddTicks(e.UnixNanoseconds / 1000 * 10)), order.Select(row => DateTime.SpecifyKind(times[row], DateTimeKind.Utc)));
        var ids = new long?[Rows];
        await group.ReadAsync<long>(fields["connection_id"], ids.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(events.Select(e => (long?)e.Record.ConnectionId), order.Select(row => ids[row]));
        var older = new bool?[Rows];
        await group.ReadAsync<bool>(fields["older"], older.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(events.Select(e => (e.Record.Flags & RecordFlags.Older) != 0 ? (bool?)true : null), order.Select(row => older[row]));
    }

    private static ConnectionEvent Event(int n)
    {
        var e = (n % 4) switch
        {
            0 => Sample.Connect(Sample.Hour19 + n * 1_000_000L, error: n % 3 == 0 ? 111u : 0),
            1 => Sample.Accept(Sample.Hour19 + n * 1_000_000L) with { Container = Sample.Container },
            2 => Sample.Flow(Sample.Hour19 + n * 1_000_000L),
            _ => Sample.Close(Sample.Hour19 + n * 1_000_000L),
        };
        e.Record.ConnectionId = (ulong)(n * 7919L % 100_003 + 1);
        e.Record.Flags = n % 5 == 0 ? RecordFlags.Older | RecordFlags.Dialed : RecordFlags.None;
        (e.Record.DialedAddress, e.Record.DialedPort) = (Sample.Address("10.96.0.1"), 443);
        return e;
    }
}
