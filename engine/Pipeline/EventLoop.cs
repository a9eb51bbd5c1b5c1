using System.Buffers;
using System.IO.Pipelines;
using NetMon.Events;
using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.Pipeline.Order;

namespace NetMon.Pipeline;

/// <summary>
/// Moves every record from the pipe through the stages to the sinks' queues; the stages are independent of each other. Each watermark
/// releases events. Cgroup records are processed without waiting for a watermark, so that an event's cgroup is known before the event is
/// released. Properties are thread-safe.
/// </summary>
/// <param name="decoder">Decodes bytes to records.</param>
/// <param name="order">Sorts records by time.</param>
/// <param name="enrich">Adds containers to events.</param>
/// <param name="sinks">Receives the events; completed at the end.</param>
/// <param name="record">Receives every byte of the stream once, except for an incomplete record at the end; null: not needed.</param>
public sealed class EventLoop(
    RecordDecoder decoder, EventOrder order, EnrichStage enrich, SinkFanout sinks, Action<ReadOnlySequence<byte>>? record = null)
{
    private long _lastTurn;
    private long _pipeBytes;

    /// <summary>The time of the last iteration, in milliseconds of <see cref="Environment.TickCount64"/>; 0 before the first.</summary>
    public long LastTurn => Volatile.Read(ref _lastTurn);

    /// <summary>The number of bytes in the pipe at the last read.</summary>
    public long PipeBytes => Volatile.Read(ref _pipeBytes);

    /// <summary>The number of events waiting for a watermark.</summary>
    public int Waiting => order.Count;

    /// <summary>The number of events that arrived after the watermark had passed their time, and were released late.</summary>
    public long Late => order.Late;

    /// <summary>
    /// Reads the pipe to its end and passes everything on. In every case it completes the pipe and the sinks' queues; on failure the task
    /// has the exception.
    /// </summary>
    public async Task RunAsync(PipeReader pipe)
    {
        try
        {
            enrich.OnWake(pipe.CancelPendingRead);
            await ProcessAsync(pipe).ConfigureAwait(false);
        }
        finally
        {
            await pipe.CompleteAsync().ConfigureAwait(false);
            sinks.Complete();
        }
    }

    private async Task ProcessAsync(PipeReader pipe)
    {
        while (true)
        {
            var result = await pipe.ReadAsync().ConfigureAwait(false);
            Volatile.Write(ref _lastTurn, Environment.TickCount64);
            Volatile.Write(ref _pipeBytes, result.Buffer.Length);
            var consumed = result.Buffer.Start;
            while (TakeToWatermark(result.Buffer, ref consumed, out var watermark))
            {
                await ReleaseAsync(watermark.KtimeNanoseconds, watermark.ClockOffsetNanoseconds).ConfigureAwait(false);
            }

            record?.Invoke(result.Buffer.Slice(0, consumed));
            if (result.IsCanceled)
            {
                enrich.Advance();
                await PublishAsync().ConfigureAwait(false);
            }

            if (result.IsCompleted)
            {
                decoder.End(result.Buffer.Slice(consumed).Length);
                pipe.AdvanceTo(result.Buffer.End);
                await ReleaseAsync(ulong.MaxValue, order.ClockOffsetNanoseconds).ConfigureAwait(false);
                enrich.Finish();
                await PublishAsync().ConfigureAwait(false);
                return;
            }

            pipe.AdvanceTo(consumed, result.Buffer.End);
        }
    }

    /// <summary>Processes records up to and including the next watermark; false if the bytes at hand contain none.</summary>
    private bool TakeToWatermark(in ReadOnlySequence<byte> buffer, ref SequencePosition consumed, out TickRecord watermark)
    {
        var reader = new SequenceReader<byte>(buffer.Slice(consumed));
        while (decoder.TryRead(ref reader, out var decoded))
        {
            switch (decoded.Kind)
            {
                case RecordKind.Tick:
                    watermark = decoded.Tick;
                    consumed = reader.Position;
                    return true;
                case RecordKind.CgroupMade or RecordKind.CgroupRemoved:
                    enrich.Learn(in decoded.Cgroup, order.ClockOffsetNanoseconds);
                    break;
                default:
                    order.Add(in decoded.Connection);
                    break;
            }
        }

        watermark = default;
        consumed = reader.Position;
        return false;
    }

    private async ValueTask ReleaseAsync(ulong watermark, long clockOffset)
    {
        order.Release(watermark, clockOffset);
        enrich.Advance();
        do
        {
            var batch = sinks.Batches.Rent();
            order.TakeInto(batch);
            if (!enrich.Offer(batch))
            {
                sinks.Batches.Return(batch);
            }

            await PublishAsync().ConfigureAwait(false);
        }
        while (order.HasReleased);
    }

    private async ValueTask PublishAsync()
    {
        while (enrich.TryTake(out var batch))
        {
            await sinks.PublishAsync(batch).ConfigureAwait(false);
        }
    }
}
