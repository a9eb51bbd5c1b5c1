using System.Diagnostics;
using System.Globalization;
using NetMon.Parquet.Reading;
using NetMon.Storage.Rollups;
using Xunit;

namespace NetMon.UnitTests.Storage.Rollups;

/// <summary>Roll-ups have the sums of their events, whatever happens while they are made.</summary>
public sealed class RollupTests : IDisposable
{
    /// <summary>Number of bits to flip.</summary>
    private static readonly int Flips = int.Parse(Environment.GetEnvironmentVariable("NETMON_FLIPS") ?? "1000", CultureInfo.InvariantCulture);

    private readonly string _crashes = Directory.CreateTempSubdirectory("netmon-crashes-").FullName;

    public void Dispose() => Directory.Delete(_crashes, recursive: true);

    [Theory]
    [InlineData(1, 100_000)]
    [InlineData(3000, 100_000)]
    [InlineData(3000, 190)] // sixteen row groups
    public void The_roll_up_of_a_piece_has_the_sums_of_its_events(int events, int rowGroupRows)
    {
        using var folder = new RollupFolder();
        folder.AddPiece(RollupFolder.Events(events, seed: events), rowGroupRows);
        folder.Rollups.SumUp(RollupFolder.Hour);

        Assert.Empty(folder.Log);
        var path = $"'{folder.Path}/hot/{RollupFolder.HourFolder}/{Assert.Single(folder.HotRollups)}'";
        var rollup = $"read_parquet({path})";
        AssertSame(Events(folder, "hot"), path);
        Assert.Equal([[folder.Pieces[0]]], Metadata(path, "netmon.segments"));
        Assert.Equal([["1"]], Metadata(path, "netmon.rollup_version"));
        Assert.Equal(
            Storage.DuckDb.Query($"SELECT container_id, process, direction, peer, port, result, errno FROM {rollup} ORDER BY encode(container_id) NULLS FIRST, CASE WHEN container_id IS NULL THEN encode(workload) END NULLS FIRST, encode(process), encode(direction), encode(peer), port, encode(result) NULLS FIRST, errno NULLS FIRST"),
            Storage.DuckDb.Query($"SELECT container_id, process, direction, peer, port, result, errno FROM {rollup}"));
    }

    [Fact]
    public void Eight_roll_ups_are_merged_and_the_hour_is_merged_from_few()
    {
        using var folder = new RollupFolder();
        for (var piece = 0; piece < 67; piece++)
        {
            folder.AddPiece(RollupFolder.Events(40, seed: piece));
            folder.Rollups.SumUp(RollupFolder.Hour);
        }

        Assert.Equal(1 + 3, folder.HotRollups.Length); // of 64 pieces, and of three
        AssertSame(Events(folder, "hot"), $"'{folder.Path}/hot/{RollupFolder.HourFolder}/*.rollup'");
        folder.SealEvents();
        folder.Rollups.Seal(RollupFolder.Hour);

        AssertSealed(folder);
    }

    [Fact]
    public void Pieces_are_summed_together_once_there_are_enough()
    {
        using var folder = new RollupFolder(change: options => options with { RollupEvents = 250 });
        for (var piece = 1; piece <= 7; piece++)
        {
            folder.AddPiece(RollupFolder.Events(100, seed: piece));
            folder.Rollups.SumUp(RollupFolder.Hour);
            Assert.Equal(piece / 3, folder.HotRollups.Length);
        }

        folder.SealEvents();
        folder.Rollups.Seal(RollupFolder.Hour);
        AssertSealed(folder);
    }

    [Fact]
    public void The_roll_up_of_an_hour_includes_events_outside_pieces()
    {
        using var folder = new RollupFolder();
        folder.AddPiece(RollupFolder.Events(100, seed: 1));
        folder.Rollups.SumUp(RollupFolder.Hour);
        folder.AddPiece(RollupFolder.Events(2000, seed: 2), rowGroupRows: 100);
        folder.SealEvents();
        File.Delete($"{folder.Path}/hot/{RollupFolder.HourFolder}/{folder.Pieces[1]}");
        folder.Rollups.Seal(RollupFolder.Hour);

        AssertSealed(folder);
    }

    [Fact]
    public void The_roll_up_of_an_hour_includes_late_names()
    {
        using var folder = new RollupFolder(change: options => options with
        {
            NamesOf = container => container.ContainerId == new string('c', 64) ? Sample.Container with { ContainerId = container.ContainerId } : null,
        });
        folder.AddPiece(RollupFolder.Events(500, seed: 1));
        folder.Rollups.SumUp(RollupFolder.Hour);
        folder.SealEvents();
        folder.Rollups.Seal(RollupFolder.Hour);

        var rollup = $"'{folder.Path}/rollup/{RollupFolder.HourFolder}/node-1.parquet'";
        Assert.Equal([[Sample.Container.PodName, "production", "nginx", "production/nginx", "Deployment"]], Storage.DuckDb.Query($"SELECT DISTINCT pod_name, pod_namespace, container_name, workload, workload_kind FROM {rollup} WHERE container_id LIKE 'c%'"));
        Assert.Equal(
            Storage.DuckDb.Query($"SELECT container_id, count(*) FILTER (WHERE type = 'CLOSE') FROM read_parquet({Events(folder, "events")}) GROUP BY 1 ORDER BY 1"),
            Storage.DuckDb.Query($"SELECT container_id, sum(closed)::BIGINT FROM {rollup} GROUP BY 1 ORDER BY 1"));
    }

    [Fact]
    public void The_next_run_recovers_from_a_crash_after_any_step()
    {
        var steps = new List<string>();
        RollupFolder? folder = null;
        using (folder = new RollupFolder(change: options => options with
        {
            SealStep = step =>
            {
                steps.Add(step);
                Copy(folder!.Path, Path.Combine(_crashes, $"{steps.Count:D2}"));
            },
        }))
        {
            for (var piece = 0; piece < 9; piece++)
            {
                folder.AddPiece(RollupFolder.Events(60, seed: piece));
                folder.Rollups.SumUp(RollupFolder.Hour);
            }

            folder.SealEvents();
            folder.Rollups.Seal(RollupFolder.Hour);
            AssertSealed(folder);
        }

        Assert.Equal(["roll-up removed", "roll-up renamed", "roll-up written"], steps.Distinct().Order());
        foreach (var crash in Directory.GetDirectories(_crashes))
        {
            using var next = new RollupFolder(crash);
            next.TakeOver();
            if (!Directory.Exists(Path.Combine(crash, "events", RollupFolder.HourFolder)))
            {
                next.Rollups.SumUp(RollupFolder.Hour);
                AssertSame(Events(next, "hot"), $"'{crash}/hot/{RollupFolder.HourFolder}/*.rollup'");
                next.SealEvents();
            }

            next.Rollups.Seal(RollupFolder.Hour);
            Assert.Empty(next.Log);
            AssertSealed(next);
        }
    }

    [Fact]
    public void A_flipped_bit_in_a_roll_up_changes_no_sum()
    {
        using var folder = new RollupFolder();
        folder.AddPiece(RollupFolder.Events(200, seed: 1));
        folder.Rollups.SumUp(RollupFolder.Hour);
        folder.AddPiece(RollupFolder.Events(200, seed: 2));
        folder.SealEvents();
        var hot = $"{folder.Path}/hot/{RollupFolder.HourFolder}/{Assert.Single(folder.HotRollups)}";
        var whole = File.ReadAllBytes(hot);
        using var reader = new ColumnReader();
        var expected = Rows(hot, reader);
        Assert.NotEmpty(expected!);
        var random = new Random(5);
        var refused = 0;
        for (var n = 0; n < Flips; n++)
        {
            var changed = whole.ToArray();
            changed[random.Next(whole.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(hot, changed);
            if (Rows(hot, reader) is { } rows)
            {
                Assert.Equal(expected, rows);
            }
            else
            {
                refused++;
            }
        }

        Assert.InRange(refused, Flips / 2, Flips); // changes to Bloom filters go unnoticed: nothing reads them here

        // A page of the existing roll-up is damaged: the roll-up of the hour is made from the events.
        whole[40] ^= 1;
        File.WriteAllBytes(hot, whole);
        folder.Rollups.Seal(RollupFolder.Hour);
        AssertSealed(folder);
    }

    [Fact]
    public void The_memory_of_a_merge_does_not_grow_with_its_rows()
    {
        using var folder = new RollupFolder();
        for (var piece = 0; piece < RollupFiles.Fan - 1; piece++)
        {
            folder.AddPiece(Scan(10_000, piece));
            folder.Rollups.SumUp(RollupFolder.Hour);
        }

        folder.AddPiece(Scan(10_000, RollupFiles.Fan - 1));
        var before = GC.GetAllocatedBytesForCurrentThread();
        folder.Rollups.SumUp(RollupFolder.Hour);

        // All allocations, garbage included: 80,000 stored rows would take more.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 24 << 20);
        Assert.Equal([[80_000L]], Storage.DuckDb.Query($"SELECT count(*) FROM read_parquet('{folder.Path}/hot/{RollupFolder.HourFolder}/{Assert.Single(folder.HotRollups)}')"));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(8, 8)]
    [InlineData(15, 15)]
    [InlineData(16, 16)]
    [InlineData(17, 16)]
    [InlineData(1_000_000, 143)]
    [InlineData(long.MaxValue, 487)]
    public void Buckets_are_as_documented(long microseconds, int bucket)
    {
        Assert.Equal(bucket, LatencyHistogram.BucketOf(microseconds));
        Assert.InRange(microseconds, LatencyHistogram.LowerBound(bucket), bucket == 487 ? long.MaxValue : LatencyHistogram.LowerBound(bucket + 1) - 1);
    }

    private static NetMon.Events.ConnectionEvent[] Scan(int ports, int n)
    {
        var events = RollupFolder.Events(ports, seed: n);
        for (var port = 0; port < ports; port++)
        {
            events[port].Record.DestinationPort = (ushort)port;
            events[port].Record.DestinationAddress = events[port].Record.SourceAddress = Sample.Address($"10.{n}.0.1");
            events[port].Container = null;
            events[port].Record.Owner.Comm = Sample.Bytes("scanner"u8);
        }

        return events;
    }

    /// <summary>All rows; null: the file is damaged.</summary>
    private static List<string>? Rows(string path, ColumnReader reader)
    {
        try
        {
            using var cursor = new RollupCursor(ParquetFile.Open(File.OpenHandle(path)), reader, RollupCursor.NewColumns());
            List<string> rows = [];
            while (cursor.TryNext())
            {
                var key = cursor.Key;
                var names = cursor.Names;
                var sums = cursor.Sums;
                rows.Add($"{Text(key.Owner)} {Text(key.Process)} {Text(key.Direction)} {Text(key.Peer)} {key.Port} {Text(key.Result)} {key.Errno} "
                    + $"{Text(names.PodName)} {Text(names.PodNamespace)} {Text(names.ContainerName)} {sums.Attempts} {sums.Accepts} {sums.Closed} {sums.BytesSent} "
                    + $"{sums.BytesReceived} {sums.Retransmits} {sums.First} {sums.Last} {Text(cursor.Latency)}");
            }

            return rows;
        }
        catch (DamagedFileException)
        {
            return null;
        }

        static string Text(ReadOnlySpan<byte> utf8) => System.Text.Encoding.UTF8.GetString(utf8);
    }

    private static string Events(RollupFolder folder, string tier) => $"'{folder.Path}/{tier}/{RollupFolder.HourFolder}/*.parquet'";

    private static List<object?[]> Metadata(string file, string key) =>
        Storage.DuckDb.Query($"SELECT decode(value) FROM parquet_kv_metadata({file}) WHERE decode(key) = '{key}'");

    private static void AssertSame(string events, string rollups)
    {
        var (rows, rollup) = RollupFolder.Compare(events, rollups);
        Assert.NotEmpty(rows);
        Assert.Equal(rows, rollup);
        (rows, rollup) = RollupFolder.CompareLatencies(events, rollups);
        Assert.Equal(rows, rollup);
    }

    /// <summary>The hour has its roll-up, each key once, and hot/ has nothing left of it.</summary>
    private static void AssertSealed(RollupFolder folder)
    {
        var rollup = $"'{folder.Path}/rollup/{RollupFolder.HourFolder}/node-1.parquet'";
        AssertSame(Events(folder, "events"), rollup);
        Assert.Equal([[0L]], Storage.DuckDb.Query($"SELECT count(*) - count(DISTINCT (direction, process, container_id, CASE WHEN container_id IS NULL THEN workload END, peer, port, result, errno)) FROM {rollup}"));
        Assert.Empty(folder.HotRollups);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.partial", SearchOption.AllDirectories));
        Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "rollup"), "*", SearchOption.AllDirectories));
    }

    private static void Copy(string from, string to)
    {
        using var copy = Process.Start("cp", ["-a", from, to]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
    }
}
