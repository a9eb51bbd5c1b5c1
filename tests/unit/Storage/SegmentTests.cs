using System.Security.Cryptography;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using CsCheck;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Storage.Hot;
using Xunit;

namespace NetMon.UnitTests.Storage;

public sealed class SegmentTests : IDisposable
{
    private static readonly PeerIdentity OtherNode = new(Node: "node-2");

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
        var path = Leave(events);

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
        using var reader = HotSegmentReader.Open(Leave(events));

        Assert.Equal("node-1", reader.Node);
        Assert.Equal(Lines(events), Read(reader));
    }

    [Fact]
    public void More_containers_than_a_dictionary_can_hold_are_read_back()
    {
        var events = Enumerable.Range(0, 3000).Select(n => Sample.Accept(Sample.Hour19 + n) with { Container = new ContainerIdentity($"c{n / 2}", Image: new string('x', n)) }).ToArray();
        using var reader = HotSegmentReader.Open(Leave(events));

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
        using var reader = HotSegmentReader.Open(Leave([.. peers.Select((peer, n) => Sample.Accept(Sample.Hour19 + n) with { Peer = peer })]));

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
    public void A_segment_cut_at_any_byte_gives_its_complete_batches()
    {
        var bytes = File.ReadAllBytes(Leave(Mixed(5), Mixed(3), Mixed(4)));
        var ends = Ends(bytes);
        Assert.Equal(3, ends.Count);
        var path = Path.Combine(_capture.Path, "cut.arrows");
        for (var length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            using var reader = HotSegmentReader.Open(path);
            var batches = 0;
            while (reader.TryRead())
            {
                batches++;
            }

            Assert.Equal(ends.Count(end => end <= length), batches);
            Assert.True(reader.Position <= length);
        }
    }

    [Fact]
    public void A_flipped_bit_costs_only_its_batch_or_those_of_its_dictionary_and_is_counted()
    {
        ConnectionEvent[][] batches = [.. Enumerable.Range(0, 18).Select(batch => Mixed(20 + 4 * batch))]; // a dictionary before each eighth
        var bytes = File.ReadAllBytes(Leave(batches));
        var ends = Ends(bytes);
        Assert.Equal(batches.Length, ends.Count);
        var dictionaries = Dictionaries(bytes, ends);
        Assert.Equal([0, 8, 16], dictionaries.Keys);
        var path = Path.Combine(_capture.Path, "flipped.arrows");
        var counted = 0;
        Gen.Int[8 * HotMessages.MessageLength(bytes), 8 * (int)ends[^1] - 1].Sample(
            bit =>
            {
                var flipped = bytes.ToArray();
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                File.WriteAllBytes(path, flipped);
                var first = ends.FindIndex(end => end > bit / 8);
                var last = dictionaries.TryGetValue(first, out var end) && bit / 8 < end ? Math.Min(first + 7, batches.Length - 1) : first;
                using var reader = HotSegmentReader.Open(path);
                var read = Read(reader, out var damages);

                Assert.True(Lines(batches.Where((_, batch) => batch < first || batch > last).SelectMany(events => events)).SequenceEqual(read), $"bit {bit}, in batch {first}: {read.Count} rows read");
                if (first < batches.Length - 1)
                {
                    Assert.True(damages.Count == 1, $"bit {bit}: {damages.Count} damages");
                    Assert.True(damages[0].Rows is null || damages[0].Rows == batches[first..(last + 1)].Sum(batch => batch.Length), $"bit {bit}: {damages[0].Rows} rows counted");
                    counted += damages[0].Rows is not null ? 1 : 0;
                }
            },
            iter: 2000, threads: 1);
        Assert.InRange(counted, 1000, 2000);
    }

    [Fact]
    public void A_flipped_bit_in_the_schema_costs_the_segment_or_a_letter_of_a_name()
    {
        var bytes = File.ReadAllBytes(Leave(Mixed(5)));
        var path = Path.Combine(_capture.Path, "flipped.arrows");
        var texts = 0;
        for (var bit = 0; bit < 8 * HotMessages.MessageLength(bytes); bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, flipped);
            using var reader = HotSegmentReader.Open(path);
            texts += reader.TryRead() ? 1 : 0;
        }

        Assert.InRange(texts, 0, 8 * ("node-1".Length + CaptureFolder.BootId.Length));
    }

    [Fact]
    public void Garbage_is_not_a_segment_and_allocates_no_memory() => Gen.Byte.Array[0, 5000].Sample(
        garbage =>
        {
            var path = Path.Combine(Directory.CreateDirectory(_capture.Path).FullName, "garbage.arrows");
            byte[] start = garbage.Length % 3 == 0 ? [] : [0xff, 0xff, 0xff, 0xff, .. BitConverter.GetBytes(garbage.Length % 5 == 0 ? int.MaxValue : garbage.Length / 8 * 8)];
            File.WriteAllBytes(path, [.. start, .. garbage]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            using var reader = HotSegmentReader.Open(path);
            Assert.False(reader.TryRead());
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        },
        iter: 300, threads: 1);

    [Fact]
    public void A_hostile_batch_with_a_valid_checksum_is_refused()
    {
        var bytes = File.ReadAllBytes(Leave(Mixed(5)));
        var at = HotMessages.MessageLength(bytes);
        foreach (var dictionary in HotFormat.Current.Messages.Dictionaries)
        {
            at += (int)(dictionary.Length + dictionary.BodyLength(bytes.AsSpan(at)));
        }

        var (batch, layout) = (HotFormat.Current.Messages.Batch, HotFormat.Current.Layout);
        var length = batch.Length + layout.BodyLength(5);
        foreach (var (offset, value) in new[]
        {
            (batch.Length + layout.Column(HotFormat.Current.Columns.ColumnOf(HotColumns.Containers), 5), (byte)0xff), // an index beyond the dictionary
            (batch.Length + layout.Column(HotFormat.Current.Columns.ColumnOf(HotColumns.Peers), 5), (byte)0xff),
            (batch.Length + layout.Column(HotColumns.IndexOf(EventFields.Kind), 5), (byte)9), // no such kind
        })
        {
            var hostile = bytes.ToArray();
            hostile.AsSpan(at + offset, 2).Fill(value);
            MessageTrailer.Write(hostile.AsSpan(at, length));
            var path = Path.Combine(_capture.Path, "hostile.arrows");
            File.WriteAllBytes(path, hostile);
            using var reader = HotSegmentReader.Open(path);
            Assert.False(reader.TryRead());
        }
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

    private static ConnectionEvent[] Mixed(int count) =>
    [
        .. Enumerable.Range(0, count).Select(n => (n % 4) switch
        {
            0 => Sample.Connect(Sample.Hour19 + n, error: (uint)n) with { Container = n % 2 == 0 ? Sample.Container : new ContainerIdentity("c0ffee"), Peer = Sample.Peer },
            1 => Sample.Accept(Sample.Hour19 + n),
            2 => Sample.Flow(Sample.Hour19 + n),
            _ => Sample.Close(Sample.Hour19 + n) with { Container = Sample.Container, Peer = OtherNode },
        }),
    ];

    /// <summary>The end of each batch, by the reader.</summary>
    private List<long> Ends(byte[] bytes)
    {
        var path = Path.Combine(_capture.Path, "whole.arrows");
        File.WriteAllBytes(path, bytes);
        using var reader = HotSegmentReader.Open(path);
        var ends = new List<long>();
        while (reader.TryRead())
        {
            ends.Add(reader.Position);
        }

        return ends;
    }

    /// <summary>The batches with a dictionary before them, and where the dictionary ends.</summary>
    private static SortedDictionary<int, long> Dictionaries(byte[] bytes, List<long> ends)
    {
        var found = new SortedDictionary<int, long>();
        for (var batch = 0; batch < ends.Count; batch++)
        {
            var at = batch == 0 ? HotMessages.MessageLength(bytes) : (int)ends[batch - 1];
            foreach (var template in HotFormat.Current.Messages.Dictionaries.Where(template => HotMessages.MessageLength(bytes.AsSpan(at)) == template.Length))
            {
                at += (int)(template.Length + template.BodyLength(bytes.AsSpan(at)));
                found[batch] = at;
            }
        }

        return found;
    }

    /// <summary>Writes batches and leaves the segment as a kill would; returns its path.</summary>
    private string Leave(params ConnectionEvent[][] batches)
    {
        var sink = _capture.Open(change: options => options with { DurableWithin = TimeSpan.Zero });
        foreach (var batch in batches)
        {
            sink.Write(batch);
            sink.Advance(Sample.Hour19);
        }

        sink.Abandon();
        return Assert.Single(_capture.Segments);
    }

    private bool Advanced(NetMon.Storage.CaptureSink sink)
    {
        sink.Advance(Sample.Hour19);
        return _capture.Segments.Length > 0;
    }

    private static List<string> Lines(IEnumerable<ConnectionEvent> events) => [.. events.Select(Line)];

    private static List<string> Read(HotSegmentReader reader) => Read(reader, out _);

    private static List<string> Read(HotSegmentReader reader, out List<HotDamage> damages)
    {
        var lines = new List<string>();
        damages = [];
        while (reader.TryRead())
        {
            if (reader.DamageBefore is { } damage)
            {
                damages.Add(damage);
            }

            for (var row = 0; row < reader.Batch.Rows; row++)
            {
                lines.Add(Line(HotRow.Restore(reader.Batch, row)));
            }
        }

        if (reader.DamageBefore is { } atEnd)
        {
            damages.Add(atEnd);
        }

        return lines;
    }

    private static string Line(ConnectionEvent e) => string.Join(
        ' ', e.UnixNanoseconds, e.Container, e.Peer, e.Record.Kind, e.Record.Direction, e.Record.CloseReason, e.Record.Flags, AddressText.Format(e.Record.SourceAddress),
        AddressText.Format(e.Record.DestinationAddress), e.Record.SourcePort, e.Record.DestinationPort, e.Record.NetworkNamespace, e.Record.Owner.Pid, e.Record.Owner.Uid,
        e.Record.Owner.CgroupId, Convert.ToHexString(e.Record.Owner.Comm), e.Record.LatencyNanoseconds, e.Record.DurationNanoseconds, e.Record.BytesSent, e.Record.BytesReceived,
        e.Record.ConnectionId, e.Record.DeltaSent, e.Record.DeltaReceived, AddressText.Format(e.Record.DialedAddress), e.Record.DialedPort,
        e.Record.SmoothedRttMicroseconds, e.Record.Retransmits, e.Record.Error);
}
