using System.Globalization;
using System.Text;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Parquet;
using NetMon.Parquet.Reading;
using NetMon.Storage;
using NetMon.Storage.Columns;
using NetMon.Storage.Rollups;

namespace NetMon.UnitTests.Storage.Rollups;

/// <summary>A capture directory with pieces of an hour, made as the sink makes sealed files, and their roll-ups.</summary>
public sealed class RollupFolder : IDisposable
{
    public const string HourFolder = "date=2026-11-22/hour=19";

    private readonly string _root;
    private readonly CaptureSinkOptions _options;
    private readonly CaptureDirectory _capture;
    private readonly List<string> _log = [];
    private int _pieces;

    public RollupFolder(string? path = null, Func<CaptureSinkOptions, CaptureSinkOptions>? change = null)
    {
        _root = path ?? Directory.CreateTempSubdirectory("netmon-rollups-").FullName;
        var options = new CaptureSinkOptions { CaptureDirectory = _root, Node = "node-1", AgentVersion = "0.1.0", BootId = CaptureFolder.BootId, RollupEvents = 1 };
        _options = change?.Invoke(options) ?? options;
        _capture = new CaptureDirectory(_root, _options.Node);
        Rollups = new NetMon.Storage.Rollups.Rollups(_capture, _options, new FailureLog(new Logger(entry => _log.Add(entry.Message), "storage"), "roll-ups", new FaultState("roll-ups")));
    }

    internal NetMon.Storage.Rollups.Rollups Rollups { get; }

    internal static Hour Hour => Hour.Of(Sample.Hour19);

    public string Path => _root;

    public IReadOnlyList<string> Log => _log;

    /// <summary>Names of the pieces, in order.</summary>
    public string[] Pieces => Names("hot", ".parquet");

    public string[] HotRollups => Names("hot", ".rollup");

    public void AddPiece(IReadOnlyList<ConnectionEvent> events, int rowGroupRows = 100_000)
    {
        using var made = new CaptureFolder();
        var sink = made.Open(change: options => options with { RowGroupRows = rowGroupRows });
        sink.Write([.. events]);
        sink.Close();
        var path = string.Create(CultureInfo.InvariantCulture, $"hot/{HourFolder}/node-1.00000000000000ff-{++_pieces:D6}.parquet");
        Directory.CreateDirectory(System.IO.Path.Combine(_root, "hot", HourFolder));
        File.Copy(System.IO.Path.Combine(made.Events, made.Sealed.Single()), System.IO.Path.Combine(_root, path));
    }

    /// <summary>Makes the events file of all pieces, as sealing does, and keeps the pieces.</summary>
    public void SealEvents()
    {
        var folder = System.IO.Path.Combine(_root, "events", HourFolder);
        Directory.CreateDirectory(folder);
        using var stream = new BufferedFile(File.OpenHandle(System.IO.Path.Combine(folder, "node-1.parquet"), FileMode.CreateNew, FileAccess.Write));
        using var group = new RowGroupWriter();
        var file = new ParquetFileWriter(stream, CaptureSchema.Columns, group);
        foreach (var name in Pieces)
        {
            using var piece = ParquetFile.Open(File.OpenHandle(System.IO.Path.Combine(_root, "hot", HourFolder, name)));
            for (var n = 0; n < piece.RowGroups.Count; n++)
            {
                file.CopyRowGroup(piece, n);
            }
        }

        file.Complete(new Dictionary<string, string> { ["netmon.node"] = _options.Node, ["netmon.segments"] = string.Join(',', Pieces) }, "netmon version 1");
    }

    /// <summary>Runs what the sink does at its start.</summary>
    public void TakeOver()
    {
        foreach (var (path, _) in _capture.FindPartials().ToList())
        {
            _capture.Root.Delete(path);
        }

        Rollups.TakeOver([]);
    }

    public void Dispose()
    {
        Rollups.Forget();
        _capture.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>The same sums from the events by the documented rules, and from roll-ups; both in one order.</summary>
    public static (List<object?[]> Rows, List<object?[]> Rollup) Compare(string events, string rollups)
    {
        const string Sums = """
            sum(attempts)::BIGINT, sum(accepts)::BIGINT, sum(closed)::BIGINT, sum(bytes_sent)::BIGINT, sum(bytes_received)::BIGINT, sum(retransmits)::BIGINT,
            epoch_us(min(first)), epoch_us(max(last))
            """;
        const string Keys = "node, direction, process, container_id, pod_name, pod_namespace, container_name, workload, workload_kind, peer, port, result, errno";
        var rows = DuckDb.Query($"""
            SELECT {Keys}, {Sums} FROM (
                SELECT node, direction, process, container_id, pod_name, pod_namespace, container_name, workload, workload_kind,
                    CASE direction WHEN 'outbound' THEN dst_ip ELSE src_ip END AS peer, dst_port AS port,
                    CASE WHEN direction = 'outbound' THEN coalesce(result, 'established') END AS result, errno,
                    (type = 'CONNECT')::INT AS attempts, (type = 'ACCEPT')::INT AS accepts, (type = 'CLOSE')::INT AS closed,
                    coalesce(delta_sent, CASE type WHEN 'CLOSE' THEN bytes_sent END, 0) AS bytes_sent,
                    coalesce(delta_received, CASE type WHEN 'CLOSE' THEN bytes_received END, 0) AS bytes_received,
                    coalesce(CASE type WHEN 'CLOSE' THEN retransmits END, 0) AS retransmits, timestamp AS first, timestamp AS last
                FROM read_parquet({events})) GROUP BY {Keys} ORDER BY ALL
            """);
        return (rows, DuckDb.Query($"SELECT {Keys}, {Sums} FROM read_parquet({rollups}) GROUP BY {Keys} ORDER BY ALL"));
    }

    /// <summary>Histograms of attempts by key, as text, from the events and from roll-ups of one file each.</summary>
    public static (List<object?[]> Rows, List<object?[]> Rollup) CompareLatencies(string events, string rollups)
    {
        const string Bucket = "CASE WHEN v < 8 THEN v ELSE 8 * (floor(log2(v))::BIGINT - 2) + ((v >> (floor(log2(v))::INT - 3)) & 7) END";
        return (
            DuckDb.Query($"""
                SELECT process, peer, port, bucket, sum(n)::BIGINT FROM (
                    SELECT process, CASE direction WHEN 'outbound' THEN dst_ip ELSE src_ip END AS peer, dst_port AS port, {Bucket} AS bucket, 1 AS n
                    FROM (SELECT *, latency_us AS v FROM read_parquet({events}) WHERE type = 'CONNECT'))
                GROUP BY ALL ORDER BY ALL
                """),
            DuckDb.Query($"""
                SELECT process, peer, port, split_part(pair, ':', 1)::BIGINT, sum(split_part(pair, ':', 2)::BIGINT)::BIGINT FROM (
                    SELECT process, peer, port, unnest(string_split(latency, ' ')) AS pair FROM read_parquet({rollups}) WHERE latency IS NOT NULL)
                GROUP BY ALL ORDER BY ALL
                """));
    }

    /// <summary>Events of all kinds: of the host and of containers, with and without names, ids and errors.</summary>
    public static ConnectionEvent[] Events(int count, int seed)
    {
        var random = new Random(seed);
        var events = new ConnectionEvent[count];
        for (var n = 0; n < count; n++)
        {
            var at = Sample.Hour19 + (long)(random.NextDouble() * (Sample.HourLong - 1));
            events[n] = random.Next(5) switch
            {
                0 => Sample.Connect(at, error: random.Next(4) switch { 0 => 111u, 1 => 110u, 2 => 103u, _ => 0 }, flags: random.Next(9) == 0 ? RecordFlags.ErrorUnknown : 0),
                1 => Sample.Accept(at),
                2 => Sample.Flow(at),
                _ => Sample.Close(at),
            };
            ref var record = ref events[n].Record;
            record.Direction = record.Kind switch { RecordKind.Connect => Direction.Outbound, RecordKind.Accept => Direction.Inbound, _ => (Direction)random.Next(2) };
            record.SourceAddress = Sample.Address($"10.0.{random.Next(3)}.{random.Next(20)}");
            record.DestinationAddress = random.Next(5) == 0 ? Sample.Address("2001:db8::7") : Sample.Address($"10.0.1.{random.Next(30)}");
            record.DestinationPort = (ushort)(random.Next(3) == 0 ? 443 : 1000 + random.Next(3));
            record.Owner.Comm = Sample.Bytes(Encoding.UTF8.GetBytes($"proc-{random.Next(6)}"));
            record.ConnectionId = random.Next(7) == 0 ? 0 : (ulong)random.NextInt64(1, long.MaxValue);
            record.LatencyNanoseconds = (ulong)Math.Exp(random.NextDouble() * 30);
            (record.BytesSent, record.BytesReceived) = ((ulong)random.Next(100_000), (ulong)random.NextInt64(1L << 40));
            (record.DeltaSent, record.DeltaReceived) = ((ulong)random.Next(50_000), (ulong)random.Next(70_000));
            record.Retransmits = (uint)random.Next(4);
            events[n].Container = random.Next(10) switch { 0 => null, 1 => Sample.Unit, 2 => Sample.Unit with { Workload = "node/cron.service" }, < 6 => Sample.Container, < 8 => Sample.Container with { ContainerId = new string('b', 64), PodName = "other" }, _ => new ContainerIdentity(new string('c', 64)) };
        }

        return [.. events.OrderBy(e => e.UnixNanoseconds)];
    }

    private string[] Names(string tier, string extension) => !Directory.Exists(System.IO.Path.Combine(_root, tier, HourFolder)) ? []
        : [.. Directory.GetFiles(System.IO.Path.Combine(_root, tier, HourFolder)).Select(file => System.IO.Path.GetFileName(file)).Where(name => name.EndsWith(extension, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
