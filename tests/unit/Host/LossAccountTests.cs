using System.Buffers;
using NetMon.Events;
using NetMon.Host;
using NetMon.Pipeline.Decode;
using NetMon.Sources;
using Xunit;

namespace NetMon.UnitTests.Host;

public sealed class LossAccountTests : IDisposable
{
    private readonly CountedSource _source = new();
    private readonly ReaderCounters _reader = new();
    private readonly RecordDecoder _decoder = new();
    private readonly SinkCounters _json = new("json");
    private readonly SinkCounters _parquet = new("parquet");

    public void Dispose() => _source.Dispose();

    [Fact]
    public void Every_loss_has_stage_and_reason_even_at_zero()
    {
        var account = new LossAccount(_source, _reader, _decoder.Counters, [_json, _parquet]);

        Assert.Equal(
            [
                "source.ring_full", "source.no_room", "source.fair_share", "source.recursion", "source.corrupt_bytes", "capture.malformed", "decode.corrupt", "decode.unknown_version",
                "json.queue_full", "json.failed", "json.disk_floor", "parquet.queue_full", "parquet.failed", "parquet.disk_floor",
            ],
            account.Totals().Select(loss => loss.Name));
        Assert.All(account.Totals(), loss => Assert.Equal(0, loss.Count));
        Assert.Equal("stopped: seen 0, to rings 0, decoded 0, json 0, parquet 0; nothing lost", account.Summary());
    }

    [Fact]
    public void A_loss_is_visible_as_soon_as_it_is_counted()
    {
        var account = new LossAccount(_source, _reader, _decoder.Counters, [_json, _parquet]);
        _source.Counters = new SourceCounters(
            Seen: 100, Delivered: 86, RingFull: 10, NoRoom: 1, FairShare: 3, RecursionMisses: 2, AcceptsInferred: 4, ClosesEarly: 5, ClosesUnseen: 6, CorruptBytes: 16);
        _reader.CountMalformed();
        Decode([.. new byte[8], 32, 0, 9, 1, .. new byte[28]]);
        _json.AddDelivered(80);
        _json.AddQueueFull(5);
        _parquet.AddDelivered(70);
        _parquet.AddFailed(3);
        _parquet.AddPaused(7);

        Assert.Equal(
            [
                new("source", "ring_full", 10), new("source", "no_room", 1), new("source", "fair_share", 3), new("source", "recursion", 2), new("source", "corrupt_bytes", 16),
                new("capture", "malformed", 1), new("decode", "corrupt", 1), new("decode", "unknown_version", 1),
                new("json", "queue_full", 5), new("parquet", "failed", 3), new("parquet", "disk_floor", 7),
            ],
            account.Totals().Where(loss => loss.Count > 0));
        Assert.Equal(
            "stopped: seen 100, to rings 86, decoded 0, json 80, parquet 70; lost: source.ring_full 10, source.no_room 1, source.fair_share 3, source.recursion 2, source.corrupt_bytes 16, "
            + "capture.malformed 1, decode.corrupt 1, decode.unknown_version 1, json.queue_full 5, parquet.failed 3, parquet.disk_floor 7"
            + "; accepts with an inferred owner: 4; closes recorded at the socket's release: 5; sockets released without a CLOSE: 6",
            account.Summary());
    }

    [Fact]
    public void A_sink_that_is_not_open_has_no_losses()
    {
        var account = new LossAccount(_source, _reader, _decoder.Counters, [_parquet]);
        Assert.DoesNotContain(account.Totals(), loss => loss.Stage == "json");
        Assert.Equal("stopped: seen 0, to rings 0, decoded 0, parquet 0; nothing lost", account.Summary());
    }

    private void Decode(byte[] stream)
    {
        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(stream));
        Assert.False(_decoder.TryRead(ref reader, out _));
    }
}
