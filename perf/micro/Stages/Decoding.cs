using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using NetMon.Events;
using NetMon.Pipeline;
using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.Pipeline.Order;

namespace NetMon.Micro.Stages;

/// <summary>The stream of the reader: a drain of each ring in turn, then a watermark.</summary>
public class Decoding
{
    private const int Count = 1 << 17;
    private const int Drain = 4096;
    private readonly byte[] _stream = Stream(StandardEvents.Make(Count));
    private readonly RecordDecoder _decoder = new();
    private readonly EventLoop _loop;

    public Decoding() => _loop = new EventLoop(_decoder, new EventOrder(), EnrichStage.WithoutNames(), new SinkFanout([], live: false));

    [Benchmark(OperationsPerInvoke = Count)]
    public int Record_check()
    {
        var (at, whole) = (0, 0);
        while (at < _stream.Length)
        {
            whole += RecordFraming.Inspect(_stream.AsSpan(at), out var length) == FrameStatus.Whole ? 1 : 0;
            at += length;
        }

        return whole >= Count ? whole : throw new InvalidOperationException($"{whole} whole records of {Count}");
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Record_decode_order_and_name()
    {
        var before = _decoder.Counters.Events;
        _loop.RunAsync(PipeReader.Create(new ReadOnlySequence<byte>(_stream))).GetAwaiter().GetResult();
        if (_decoder.Counters.Events - before != Count)
        {
            throw new InvalidOperationException($"{_decoder.Counters.Events - before} events of {Count}");
        }
    }

    private static byte[] Stream(StandardEvents events)
    {
        var stream = new ArrayBufferWriter<byte>();
        stream.Write(MemoryMarshal.AsBytes<CgroupRecord>(events.Cgroups.ToArray()));
        for (var from = 0; from < Count; from += Drain)
        {
            for (var i = 0; i < Drain; i++)
            {
                stream.Write(MemoryMarshal.AsBytes(events.Records.AsSpan(Ordering.InDrain(from, i, Drain), 1)));
            }

            var tick = new TickRecord
            {
                Size = TickRecord.ByteSize,
                Version = ConnectionRecord.CurrentVersion,
                Kind = RecordKind.Tick,
                KtimeNanoseconds = events.Records[from + Drain - 1].KtimeNanoseconds,
            };
            stream.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<TickRecord>(in tick)));
        }

        return stream.WrittenSpan.ToArray();
    }
}
