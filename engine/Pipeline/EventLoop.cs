using System.Buffers;
using System.IO.Pipelines;
using NetMon.Events;
using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.Pipeline.Order;

namespace NetMon.Pipeline;

/// <summary>
/// Takes every record from the pipe through the stages to the sinks' queues: the stages know nothing of each other. At each
/// tick it passes on what the tick releases. Cgroups don't wait for a tick, so an event's cgroup is known before the event
/// is released. Its properties may be read from any thread.
/// </summary>
/// <param name="decoder">Bytes to records.</param>
/// <param name="order">Records into the order of their times.</param>
/// <param name="enrich">Containers to events.</param>
/// <param name="sinks">Where the events go; completed at the end.</param>
/// <param name="record">Takes every byte of the stream once, up to its torn end; null for nobody.</param>
public sealed class EventLoop(
    RecordDecoder decoder, EventOrder order, EnrichStage enrich, SinkFanout sinks, Action<ReadOnlySequence<byte>>? record = null)
{
    private long _lastTurn;
    private long _pipeBytes;

    /// <summary>When it last came round, in milliseconds of <see cref="Environment.TickCount64"/>; 0 before the first time.</summary>
    public long LastTurn => Volatile.Read(ref _lastTurn);

    /// <summary>Bytes that it found in the pipe the last time.</summary>
    public long PipeBytes => Volatile.Read(ref _pipeBytes);

    /// <summary>Events that wait for their time.</summary>
    public int Waiting => order.Count;

    /// <summary>Events that came after their time had passed, and went out late.</summary>
    public long Late => order.Late;

    /// <summary>
    /// Reads the pipe to its end and passes everything on. However it ends, it completes the pipe and the sinks' queues; the
    /// task has the cause.
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
            while (TakeToTick(result.Buffer, ref consumed, out var tick))
            {
                await ReleaseAsync(tick.KtimeNanoseconds, tick.ClockOffsetNanoseconds).ConfigureAwait(false);
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

    /// <summary>Takes records up to and including the next tick; false when the bytes at hand have no more of them.</summary>
    private bool TakeToTick(in ReadOnlySequence<byte> buffer, ref SequencePosition consumed, out TickRecord tick)
    {
        var reader = new SequenceReader<byte>(buffer.Slice(consumed));
        while (decoder.TryRead(ref reader, out var decoded))
        {
            switch (decoded.Kind)
            {
                case RecordKind.Tick:
                    tick = decoded.Tick;
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

        tick = default;
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
