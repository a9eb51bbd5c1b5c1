using NetMon.Events;
using NetMon.Native;
using NetMon.Sources.Kernel.State;

namespace NetMon.Sources.Kernel.Flows;

/// <summary>
/// Reports open connections: periodically iterates over the kernel's table of sockets on its own thread, and writes the records to a ring,
/// which is drained with the others. It waits while the ring is full; records are only lost if the ring is not drained during the stop.
/// </summary>
internal sealed class FlowSweep : IDisposable
{
    private const int RingBytes = 1024 * 1024;
    private const int ReadBytes = 4 * 1024; // the kernel's output per read, for which the watermark waits
    private static readonly TimeSpan PaceFor = TimeSpan.FromMicroseconds(250); // after each full buffer, to let other events pass
    private static readonly TimeSpan RingFullPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private readonly BpfObject _programs;
    private readonly KernelState? _state;
    private Settings _settings;
    private readonly BpfIterator _sockets;
    private readonly SweepSchedule _schedule;
    private readonly bool _reports;
    private readonly RingProducer _producer;
    private readonly byte[] _buffer = new byte[ReadBytes / ConnectionRecord.ByteSize * ConnectionRecord.ByteSize];
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private ulong _unwrittenSince = ulong.MaxValue;
    private long _delivered;
    private long _dropped;
    private long _failures;
    private long _sweeps;
    private long _sweepNanoseconds;
    private long _stopBy = long.MaxValue;

    /// <summary>
    /// The object and the state must outlive this object. From now on only this object modifies <paramref name="settings"/>. If
    /// <paramref name="every"/> is null, nothing is reported, but the slots of sockets that are gone are released. Each sweep marks the state as in use.
    /// </summary>
    public FlowSweep(BpfObject programs, Settings settings, TimeSpan? every, KernelState? state)
    {
        (_programs, _settings, _state) = (programs, settings, state);
        _sockets = programs.IterateMap("nm_flow", "slots");
        _schedule = new SweepSchedule(every);
        _reports = every is not null;
        Ring = RingMapping.InMemory(RingBytes);
        _producer = new RingProducer(Ring);
        _thread = new Thread(Run) { Name = "netmon-flows", IsBackground = true };
    }

    /// <summary>The ring of the records; owned by this object.</summary>
    public RingMapping Ring { get; }

    /// <summary>Number of records written to the ring. Thread-safe.</summary>
    public ulong Delivered => (ulong)Volatile.Read(ref _delivered);

    /// <summary>Number of records that did not fit before the end of the stop. Thread-safe.</summary>
    public ulong Dropped => (ulong)Volatile.Read(ref _dropped);

    /// <summary>Number of sweeps that the kernel aborted; the next one reports what is still due. Thread-safe.</summary>
    public ulong Failures => (ulong)Volatile.Read(ref _failures);

    /// <summary>Number of completed sweeps. Thread-safe.</summary>
    public ulong Sweeps => (ulong)Volatile.Read(ref _sweeps);

    /// <summary>The total duration of those sweeps, including waits for room in the ring. Thread-safe.</summary>
    public ulong SweepNanoseconds => (ulong)Volatile.Read(ref _sweepNanoseconds);

    /// <summary>
    /// A lower bound of the time of records that are not in the ring yet, CLOCK_MONOTONIC; the maximum value if there are none. Thread-safe. To get
    /// a time up to which all records are in the ring, read the clock first, then this.
    /// </summary>
    public ulong UnwrittenSince => Volatile.Read(ref _unwrittenSince);

    public void Start() => _thread.Start();

    /// <summary>Releases the slots of sockets that are gone. Writes nothing. To be called before the start, on the caller's thread.</summary>
    public void ReleaseGone()
    {
        _settings.GoneOnly = 1;
        Sweep((0, false));
        _settings.GoneOnly = 0;
    }

    /// <summary>Reports every open connection a last time and ends; the ring must be drained meanwhile.</summary>
    public void Stop()
    {
        Volatile.Write(ref _stopBy, Environment.TickCount64 + (long)StopPatience.TotalMilliseconds);
        _stop.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    public void Dispose()
    {
        Stop();
        _sockets.Dispose();
        Ring.Dispose();
        _stop.Dispose();
    }

    private static long WallNow() => (long)MonotonicClock.Now + MonotonicClock.OffsetToRealtime;

    private void Run()
    {
        _ = _schedule.RequestAt(WallNow());
        while (!_stop.Wait(_schedule.PauseAt(WallNow())))
        {
            Sweep(_schedule.RequestAt(WallNow()));
        }

        if (_reports)
        {
            Sweep((1, true));
        }

        _state?.Beat();
    }

    private void Sweep((ulong EveryNanoseconds, bool All) request)
    {
        try
        {
            var began = MonotonicClock.Now;
            SweepAll(request);
            Interlocked.Add(ref _sweepNanoseconds, (long)(MonotonicClock.Now - began));
            Interlocked.Increment(ref _sweeps);
            _state?.Beat();
        }
        catch (NativeException)
        {
            Interlocked.Increment(ref _failures);
            _sockets.End();
        }

        Volatile.Write(ref _unwrittenSince, ulong.MaxValue);
    }

    private void SweepAll((ulong EveryNanoseconds, bool All) request)
    {
        (_settings.FlowEveryNanoseconds, _settings.FlowAll) = (request.EveryNanoseconds, request.All ? 1u : 0u);
        _programs.Maps.Set("settings", _settings);
        _sockets.Begin();
        while (true)
        {
            Interlocked.Exchange(ref _unwrittenSince, MonotonicClock.Now); // a barrier: visible before the records become older
            var bytes = _sockets.Read(_buffer);
            Write(_buffer.AsSpan(0, bytes));
            Volatile.Write(ref _unwrittenSince, ulong.MaxValue);
            if (bytes == 0)
            {
                _sockets.End();
                return;
            }

            if (bytes == _buffer.Length && !_stop.IsSet)
            {
                MonotonicClock.Sleep(PaceFor);
            }
        }
    }

    private void Write(ReadOnlySpan<byte> records)
    {
        for (; records.Length >= ConnectionRecord.ByteSize; records = records[ConnectionRecord.ByteSize..])
        {
            while (!_producer.TryWrite(records[..ConnectionRecord.ByteSize]))
            {
                if (Environment.TickCount64 > Volatile.Read(ref _stopBy))
                {
                    Interlocked.Add(ref _dropped, records.Length / ConnectionRecord.ByteSize);
                    return;
                }

                MonotonicClock.Sleep(RingFullPause);
            }

            Interlocked.Increment(ref _delivered);
        }
    }
}
