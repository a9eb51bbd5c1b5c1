using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Native;

namespace NetMon.Sources;

/// <summary>
/// Drains a source's rings into a pipe on its own thread; the only code that reads ring memory. Each drain copies the rings' contents, returns the
/// space chunk by chunk, and ends with a watermark. A full pipe blocks this thread; then the rings fill up, and a live source drops and counts
/// records.
/// </summary>
public sealed class RingReader
{
    private const int ChunkBytes = 64 * 1024;
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LightPause = TimeSpan.FromMilliseconds(18); // each drain wakes every later stage
    private const int LightShare = 32; // a ring that gained less than this part of its size stays far from full for another 18 ms
    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LosslessPause = TimeSpan.FromMicroseconds(100);
    private const int QuietDrainsUntilIdle = 40;
    private const int QuietDrainsPerWatermark = 5; // ten times a second when idle: the sinks rely on it, and it wakes threads
    private const int BlockedDrainsUntilWatermark = 200; // about a second: a producer that never submits must not stop the watermark

    private readonly IRecordSource _source;
    private readonly PipeWriter _pipe;
    private readonly RingConsumer[] _rings;
    private readonly Thread _thread;
    private volatile bool _stop;
    private long _lastTurn;
    private int _chunkUsed;
    private Memory<byte> _chunk;

    public RingReader(IRecordSource source, PipeWriter pipe)
    {
        _source = source;
        _pipe = pipe;
        _rings = [.. source.Rings.Select(ring => new RingConsumer(ring))];
        _thread = new Thread(Run) { Name = "netmon-capture", IsBackground = true };
    }

    /// <summary>What was skipped.</summary>
    public ReaderCounters Counters { get; } = new();

    /// <summary>When the last drain began, in milliseconds of <see cref="Environment.TickCount64"/>; 0 before the first. Thread-safe.</summary>
    public long LastTurn => Volatile.Read(ref _lastTurn);

    /// <summary>Starts draining.</summary>
    public void Start() => _thread.Start();

    /// <summary>
    /// Drains the rest after the source was stopped, completes the pipe and returns. The pipe must be read meanwhile.
    /// </summary>
    public void Finish()
    {
        _stop = true;
        _thread.Join();
    }

    private void Run()
    {
        Exception? failure = null;
        try
        {
            Drain();
        }
        catch (Exception e) when (e is InvalidOperationException or NativeException)
        {
            failure = e;
        }
        finally
        {
            _pipe.Complete(failure);
        }
    }

    private void Drain()
    {
        WriteWatermark(_source.ReadTime() with { KtimeNanoseconds = 0 }); // the rings may hold records from before this time
        var (quiet, blockedDrains, last) = (0, 0, false);
        while (true)
        {
            Volatile.Write(ref _lastTurn, Environment.TickCount64);
            var stopping = _stop || _source.HasEnded;
            var time = _source.ReadTime();
            var (records, blocked, light) = (0, false, true);
            for (var ring = 0; ring < _rings.Length; ring++)
            {
                var taken = DrainRing(_rings[ring]);
                records += taken;
                blocked |= _rings[ring].Blocked;
                light &= (long)taken * ConnectionRecord.ByteSize * LightShare <= _source.Rings[ring].DataBytes;
            }

            quiet = records == 0 ? quiet + 1 : 0;
            blockedDrains = blocked ? blockedDrains + 1 : 0;
            var isTimeStopped = blockedDrains is > 0 and <= BlockedDrainsUntilWatermark;

            // The drain after the last record must still write a watermark, for records newer than the previous drain. A source
            // that waits needs each of its times written: it only proceeds once the previous one has been taken.
            if (!isTimeStopped && (stopping || !_source.IsLive || quiet < 2 || quiet % QuietDrainsPerWatermark == 0))
            {
                WriteWatermark(time);
                Flush();
            }

            // A program that was running while its hook was detached may still submit: two empty drains end it.
            if (stopping && records == 0 && !isTimeStopped)
            {
                if (last)
                {
                    return;
                }

                last = true;
            }

            MonotonicClock.Sleep(PauseAfter(stopping, quiet, light));
        }
    }

    private TimeSpan PauseAfter(bool stopping, int quiet, bool light) =>
        stopping || !_source.IsLive ? LosslessPause : quiet > QuietDrainsUntilIdle ? IdlePause : light ? LightPause : BusyPause;

    private int DrainRing(RingConsumer ring)
    {
        var records = 0;
        ring.Begin();
        while (ring.TryNext(out var record))
        {
            if (record.Length is < RecordFraming.Alignment or > RecordFraming.MaxRecordBytes || record.Length % RecordFraming.Alignment != 0)
            {
                Counters.CountMalformed();
                continue;
            }

            var full = _chunk.Length - _chunkUsed < record.Length;
            if (full)
            {
                Flush();
            }

            Append(record);
            records++;
            if (full)
            {
                ring.Commit(); // only now, because the record just copied was still in the ring
            }
        }

        ring.Commit();
        return records;
    }

    private void Append(ReadOnlySpan<byte> record)
    {
        if (_chunk.IsEmpty)
        {
            _chunk = _pipe.GetMemory(ChunkBytes);
        }

        record.CopyTo(_chunk.Span[_chunkUsed..]);
        _chunkUsed += record.Length;
    }

    private void WriteWatermark(SourceTime time)
    {
        var watermark = new TickRecord
        {
            Size = TickRecord.ByteSize,
            Version = ConnectionRecord.CurrentVersion,
            Kind = RecordKind.Tick,
            KtimeNanoseconds = time.KtimeNanoseconds,
            ClockOffsetNanoseconds = time.ClockOffsetNanoseconds,
        };
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<TickRecord>(in watermark));
        if (_chunk.Length - _chunkUsed < bytes.Length)
        {
            Flush();
        }

        Append(bytes);
    }

    private void Flush()
    {
        _pipe.Advance(_chunkUsed);
        (_chunk, _chunkUsed) = (default, 0);
        var flush = _pipe.FlushAsync();
        var result = flush.IsCompleted ? flush.Result : flush.AsTask().GetAwaiter().GetResult();
        if (result.IsCompleted)
        {
            throw new InvalidOperationException("the reader of the pipe ended before the source");
        }
    }
}
