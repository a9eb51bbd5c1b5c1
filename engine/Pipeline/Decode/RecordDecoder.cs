using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.Pipeline.Order;

namespace NetMon.Pipeline.Decode;

/// <summary>
/// Pipe to events: finds the records, checks each, gives them to <see cref="EventOrder"/>, and at each tick passes on
/// what the tick releases. Cgroups don't wait for a tick: an event's cgroup is always told of before the event is
/// released. <c>record</c>, where given, sees every byte of the stream once. Bytes that are no record are counted and
/// stepped over; nothing is read past a record's end.
/// </summary>
public sealed class RecordDecoder(EventOrder order, EnrichStage enrich, SinkFanout sinks, Action<ReadOnlySequence<byte>>? record = null)
{
    private bool _inGarbledRun;
    private long _lastTurn;
    private long _pipeBytes;

    /// <summary>What was taken and skipped so far.</summary>
    public DecodeCounters Counters { get; } = new();

    /// <summary>When it last came through its loop, in milliseconds of <see cref="Environment.TickCount64"/>; 0 before the first. Any thread.</summary>
    public long LastTurn => Volatile.Read(ref _lastTurn);

    /// <summary>Bytes that the pipe had for it the last time. Any thread.</summary>
    public long PipeBytes => Volatile.Read(ref _pipeBytes);

    /// <summary>Events that wait for their time. Any thread.</summary>
    public int Waiting => order.Count;

    /// <summary>Events that came after their time had passed, and went out late. Any thread.</summary>
    public long Late => order.Late;

    /// <summary>Reads the pipe to its end and passes everything on; completes the sinks' queues last, also if it fails.</summary>
    public async Task RunAsync(PipeReader pipe)
    {
        try
        {
            enrich.OnWake(pipe.CancelPendingRead);
            await DecodeAsync(pipe).ConfigureAwait(false);
        }
        finally
        {
            await pipe.CompleteAsync().ConfigureAwait(false);
            sinks.Complete();
        }
    }

    private async Task DecodeAsync(PipeReader pipe)
    {
        while (true)
        {
            var result = await pipe.ReadAsync().ConfigureAwait(false);
            Volatile.Write(ref _lastTurn, Environment.TickCount64);
            Volatile.Write(ref _pipeBytes, result.Buffer.Length);
            var consumed = result.Buffer.Start;
            while (TryDecodeToTick(result.Buffer, ref consumed, out var tick))
            {
                await ReleaseAsync(tick.KtimeNanoseconds, tick.ClockOffsetNanoseconds).ConfigureAwait(false);
            }

            record?.Invoke(result.Buffer.Slice(0, consumed));
            if (result.IsCanceled)
            {
                await enrich.AdvanceAsync().ConfigureAwait(false);
            }

            if (result.IsCompleted)
            {
                CountGarbled((int)result.Buffer.Slice(consumed).Length); // a torn end
                pipe.AdvanceTo(result.Buffer.End);
                await ReleaseAsync(ulong.MaxValue, order.ClockOffsetNanoseconds).ConfigureAwait(false);
                await enrich.FinishAsync().ConfigureAwait(false);
                return;
            }

            pipe.AdvanceTo(consumed, result.Buffer.End);
        }
    }

    /// <summary>Decodes up to and including the next tick; false when the bytes at hand have no more of them.</summary>
    private bool TryDecodeToTick(in ReadOnlySequence<byte> buffer, ref SequencePosition consumed, out TickRecord tick)
    {
        var reader = new SequenceReader<byte>(buffer.Slice(consumed));
        Span<byte> straddling = stackalloc byte[RecordFraming.MaxRecordBytes];
        while (!reader.End)
        {
            scoped ReadOnlySpan<byte> bytes = reader.UnreadSpan;
            var status = RecordFraming.Inspect(bytes, out var length);
            if (status == FrameStatus.Partial && reader.Remaining > bytes.Length)
            {
                bytes = straddling[..(int)Math.Min(reader.Remaining, straddling.Length)];
                reader.TryCopyTo(straddling[..bytes.Length]);
                status = RecordFraming.Inspect(bytes, out length);
            }

            if (status == FrameStatus.Partial)
            {
                break;
            }

            reader.Advance(length);
            if (Take(status, bytes[..length], out tick))
            {
                consumed = reader.Position;
                return true;
            }
        }

        consumed = reader.Position;
        tick = default;
        return false;
    }

    /// <summary>One frame; true if it is a tick.</summary>
    private bool Take(FrameStatus status, scoped ReadOnlySpan<byte> frame, out TickRecord tick)
    {
        tick = default;
        if (status == FrameStatus.Garbled)
        {
            CountGarbled(frame.Length);
            return false;
        }

        _inGarbledRun = false;
        if (status == FrameStatus.UnknownVersion)
        {
            Counters.CountUnknownVersion();
            return false;
        }

        switch ((RecordKind)frame[3])
        {
            case RecordKind.Tick:
                tick = MemoryMarshal.Read<TickRecord>(frame);
                return true;
            case RecordKind.CgroupMade or RecordKind.CgroupRemoved:
                enrich.Learn(in MemoryMarshal.AsRef<CgroupRecord>(frame));
                return false;
            default:
                order.Add(in MemoryMarshal.AsRef<ConnectionRecord>(frame));
                Counters.CountEvent();
                return false;
        }
    }

    private void CountGarbled(int bytes)
    {
        if (bytes > 0)
        {
            Counters.CountGarbled(bytes, startsRun: !_inGarbledRun);
            _inGarbledRun = true;
        }
    }

    private async ValueTask ReleaseAsync(ulong watermark, long clockOffset)
    {
        order.Release(watermark, clockOffset);
        await enrich.AdvanceAsync().ConfigureAwait(false);
        do
        {
            var batch = enrich.Rent();
            order.TakeInto(batch);
            await enrich.PassAsync(batch).ConfigureAwait(false);
        }
        while (order.HasReleased);
    }
}
