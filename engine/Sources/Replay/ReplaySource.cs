using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Native;

namespace NetMon.Sources.Replay;

/// <summary>Plays a recording through rings without loss, as fast as they are drained. Records of version 1 are converted.</summary>
public sealed class ReplaySource : IRecordSource
{
    private const int BufferBytes = 1024 * 1024;
    private readonly FileStream _file;
    private readonly RingProducer _producer;
    private readonly RecordVersion1 _version1 = new();
    private readonly Thread _thread;
    private SourceTime _time = new(0, 0);
    private SourceTime? _lastRead;
    private ulong _seen;
    private ulong _lost;
    private ulong _corruptBytes;
    private volatile bool _stop;
    private volatile bool _ended;

    private ReplaySource(FileStream file)
    {
        _file = file;
        Rings = [RingMapping.InMemory(4 * 1024 * 1024)];
        _producer = new RingProducer(Rings[0]);
        _thread = new Thread(Produce) { Name = "netmon-replay", IsBackground = true };
    }

    public string Description => $"replay of {_file.Name}";

    public IReadOnlyList<RingMapping> Rings { get; }

    public bool IsLive => false;

    public bool HasEnded => _ended;

    /// <summary>Opens a recording. Throws <see cref="SourceException"/> if it is not a recording.</summary>
    public static ReplaySource Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[Recording.Magic.Length];
            if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic.SequenceEqual(Recording.Magic))
            {
                return new ReplaySource(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"cannot replay {path}: {e.Message}", e);
        }

        file.Dispose();
        throw new SourceException($"cannot replay {path}: it is not a recording. netmon run --record FILE makes one.");
    }

    public SourceTime ReadTime()
    {
        var time = Volatile.Read(ref _time);
        Volatile.Write(ref _lastRead, time);
        return time;
    }

    public SourceCounters ReadCounters()
    {
        var lost = Volatile.Read(ref _lost);
        var seen = Volatile.Read(ref _seen);
        return new SourceCounters(seen, seen - lost, lost, CorruptBytes: Volatile.Read(ref _corruptBytes));
    }

    public void Start() => _thread.Start();

    public void Stop()
    {
        _stop = true;
        _thread.Join();
    }

    public void Dispose()
    {
        if (_thread.IsAlive)
        {
            Stop();
        }

        _file.Dispose();
        Rings[0].Dispose();
    }

    private void Produce()
    {
        var buffer = new byte[BufferBytes];
        var held = 0;
        while (!_stop)
        {
            var read = _file.Read(buffer.AsSpan(held));
            held += read;
            var used = Play(buffer.AsSpan(0, held));
            if (read == 0)
            {
                SkipCorrupt(held - used);
                break;
            }

            buffer.AsSpan(used, held - used).CopyTo(buffer);
            held -= used;
        }

        // The time after the last record: nothing more will follow.
        Volatile.Write(ref _time, _time with { KtimeNanoseconds = ulong.MaxValue });
        _ended = true;
    }

    private int Play(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (!_stop)
        {
            var status = RecordFraming.Inspect(bytes[at..], out var length);
            if (status == FrameStatus.Partial)
            {
                break;
            }

            if (status == FrameStatus.Whole)
            {
                PlayRecord(bytes.Slice(at, length));
            }
            else if (status == FrameStatus.UnknownVersion && _version1.TryConvert(bytes[at..], out length, out var record))
            {
                PlayRecord(record);
            }
            else
            {
                SkipCorrupt(length);
            }

            at += length;
        }

        return at;
    }

    private void SkipCorrupt(int bytes) => Volatile.Write(ref _corruptBytes, _corruptBytes + (ulong)bytes);

    private void PlayRecord(ReadOnlySpan<byte> record)
    {
        if ((RecordKind)record[3] == RecordKind.Tick)
        {
            var tick = MemoryMarshal.Read<TickRecord>(record);
            // No step of the wall clock may be skipped: what is in the ring now is drained after the time was read.
            while (tick.ClockOffsetNanoseconds != _time.ClockOffsetNanoseconds && Volatile.Read(ref _lastRead) != _time && !_stop)
            {
                Thread.Yield();
            }

            Volatile.Write(ref _time, new SourceTime(tick.KtimeNanoseconds, tick.ClockOffsetNanoseconds));
            return;
        }

        var isEvent = (RecordKind)record[3] is >= RecordKind.Connect and <= RecordKind.Flow;
        while (!_producer.TryWrite(record))
        {
            if (_stop)
            {
                Volatile.Write(ref _lost, _lost + (isEvent ? 1u : 0));
                break;
            }

            Thread.Yield();
        }

        Volatile.Write(ref _seen, _seen + (isEvent ? 1u : 0));
    }
}
