using System.Security.Cryptography;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Storage.Hot;
using Xunit;
using static NetMon.UnitTests.Storage.SegmentRows;

namespace NetMon.UnitTests.Storage;

/// <summary>Segments as they are appended to and read.</summary>
public sealed class SegmentTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void The_schema_message_of_a_version_is_always_the_same_bytes()
    {
        // If this fails after a change of the library or the fields: raise EventColumns.HotVersion, add its digest, and support segments of
        // the previous version.
        var digests = new Dictionary<string, string>
        {
            ["1"] = "f616f5b2fb303efa0be96c088a5afa61727487e2454cc726b0c47ad629bd631d",
            ["3"] = "fb9ee5f2dd9dd3f5164affb47d93cf8e94c8f706cd2423d45ab0b4f58990e13c",
        };
        Assert.All((string[])[HotVersion1.Version, EventColumns.HotVersion], version =>
        {
            var actual = Convert.ToHexStringLower(SHA256.HashData(HotFormat.Of(version)!.Messages.SchemaMessage("n", "b")));
            Assert.True(digests.GetValueOrDefault(version) == actual, $"version {version}: {actual}");
        });
    }

    [Fact]
    public void Apache_Arrow_reads_what_was_appended()
    {
        var events = Mixed(10_000);
        var path = _capture.LeaveSegment(events);

        using var reader = new ArrowStreamReader(File.OpenRead(path));
        Assert.Equal("node-1", reader.Schema.Metadata["netmon.node"]);
        var row = 0;
        while (reader.ReadNextRecordBatch() is { } batch)
        {
            var containers = (DictionaryArray)batch.Column("container");
            var structs = (StructArray)containers.Dictionary;
            var peers = (DictionaryArray)batch.Column("peer");
            var peerStructs = (StructArray)peers.Dictionary;
            for (var index = 0; index < batch.Length; index++, row++)
            {
                var record = events[row].Record;
                Assert.Equal(events[row].UnixNanoseconds, ((TimestampArray)batch.Column("timestamp")).GetValue(index));
                Assert.Equal((byte)record.Kind, ((UInt8Array)batch.Column("kind")).GetValue(index));
                Assert.Equal(record.SourceAddress, ((Apache.Arrow.Arrays.FixedSizeBinaryArray)batch.Column("src_ip")).GetBytes(index).ToArray());
                Assert.Equal(record.Owner.Comm, ((Apache.Arrow.Arrays.FixedSizeBinaryArray)batch.Column("process")).GetBytes(index).ToArray());
                Assert.Equal(record.DestinationPort, ((UInt16Array)batch.Column("dst_port")).GetValue(index));
                Assert.Equal(record.Owner.CgroupId, ((UInt64Array)batch.Column("cgroup_id")).GetValue(index));
                Assert.Equal(record.BytesSent, ((UInt64Array)batch.Column("bytes_sent")).GetValue(index));
                Assert.Equal(record.Retransmits, ((UInt32Array)batch.Column("retransmits")).GetValue(index));
                var container = ((Int16Array)containers.Indices).GetValue(index);
                Assert.Equal(events[row].Container?.Image, container is { } at ? ((StringArray)structs.Fields[5]).GetString(at) : null);
                Assert.Equal(events[row].Container?.ContainerId, container is { } id ? ((StringArray)structs.Fields[0]).GetString(id) : null);
                var peer = ((Int16Array)peers.Indices).GetValue(index);
                Assert.Equal(events[row].Peer?.PodName, peer is { } pod ? ((StringArray)peerStructs.Fields[0]).GetString(pod) : null);
                Assert.Equal(events[row].Peer?.Zone, peer is { } zone ? ((StringArray)peerStructs.Fields[5]).GetString(zone) : null);
            }
        }

        Assert.Equal(events.Length, row);
    }

    [Fact]
    public void The_reader_returns_every_value()
    {
        var events = Mixed(9_000);
        using var reader = HotSegmentReader.Open(_capture.LeaveSegment(events));

        Assert.Equal("node-1", reader.Node);
        Assert.Equal(Lines(events), Read(reader));
    }

    [Fact]
    public void More_containers_than_a_dictionary_can_hold_are_read_back()
    {
        var events = Enumerable.Range(0, 3000).Select(n => Sample.Accept(Sample.Hour19 + n) with { Container = new ContainerIdentity($"c{n / 2}", Image: new string('x', n)) }).ToArray();
        using var reader = HotSegmentReader.Open(_capture.LeaveSegment(events));

        var images = new List<string>();
        while (reader.TryRead())
        {
            for (var row = 0; row < reader.Batch.Rows; row++)
            {
                var container = reader.Batch.Containers.Of(row)!;
                images.Add($"{container.ContainerId} {container.Image.Length}");
            }
        }

        Assert.Equal(events.Select(e => $"{e.Container!.ContainerId} {Math.Min(1024, e.Container.Image.Length)}"), images);
    }

    [Fact]
    public void More_peers_than_a_dictionary_can_hold_are_read_back()
    {
        PeerIdentity?[] peers = [.. Enumerable.Range(0, 10_000).Select(n => n % 7 == 0 ? null : new PeerIdentity($"p{n / 2}", "shop", Zone: n % 3 == 0 ? new string('z', n % 2000) : ""))];
        using var reader = HotSegmentReader.Open(_capture.LeaveSegment([.. peers.Select((peer, n) => Sample.Accept(Sample.Hour19 + n) with { Peer = peer })]));

        var read = new List<PeerIdentity?>();
        while (reader.TryRead())
        {
            for (var row = 0; row < reader.Batch.Rows; row++)
            {
                read.Add(reader.Batch.Peers.Of(row));
            }
        }

        Assert.Equal(peers.Select(peer => peer is { Zone.Length: > 1024 } ? peer with { Zone = peer.Zone[..1024] } : peer), read);
        Assert.All(read.OfType<PeerIdentity>().GroupBy(peer => peer), equal => Assert.Single(equal.Distinct(ReferenceEqualityComparer.Instance)));
    }

    [Fact]
    public void An_open_reader_sees_rows_appended_later()
    {
        var sink = _capture.Open(change: options => options with { DurableWithin = TimeSpan.FromMilliseconds(1) });
        sink.Write([Sample.Accept(Sample.Hour19)]);
        CaptureFolder.WaitFor(() => Advanced(sink), "a segment");
        using var reader = HotSegmentReader.Open(Assert.Single(_capture.Segments));
        Assert.True(reader.TryRead());
        Assert.False(reader.TryRead());
        Assert.False(reader.IsAtEnd);

        sink.Write([Sample.Close(Sample.Hour19 + 1)]);
        CaptureFolder.WaitFor(
            () =>
            {
                sink.Advance(Sample.Hour19);
                return reader.TryRead();
            },
            "the second batch");
        Assert.Equal(RecordKind.Close, reader.Batch.Kinds[0]);
        sink.Abandon();
    }

    [Fact]
    public void A_segment_ends_at_its_size_limit()
    {
        using var looked = new ManualResetEventSlim();
        var sink = _capture.Open(change: options => options with { SegmentBytes = 1 << 20, SealStep = _ => looked.Wait() }); // none becomes a piece in the meantime
        sink.Write(Mixed(30_000));
        Assert.InRange(_capture.Segments.Length, 5, 7);
        Assert.All(_capture.Segments, segment => Assert.InRange(new FileInfo(segment).Length, 1, 1 << 20));
        looked.Set();
        sink.Close();

        Assert.Equal([[30_000L]], _capture.Query("SELECT count(*) FROM {events}"));
    }

    private bool Advanced(NetMon.Storage.CaptureSink sink)
    {
        sink.Advance(Sample.Hour19);
        return _capture.Segments.Length > 0;
    }
}
