using NetMon.Events;
using NetMon.Native;
using NetMon.Sources.Kernel.State;

namespace NetMon.Sources.Kernel.Flows;

/// <summary>
/// Reports connections that are open: goes over the kernel's table of sockets now and then, on a thread of its own, and
/// writes what it finds to a ring, which is drained with the others. A full ring makes it wait; nothing is lost but at a
/// stop that nobody drains.
/// </summary>
internal sealed class FlowSweep : IDisposable
{
    private const int RingBytes = 1024 * 1024;
    private const int ReadBytes = 4 * 1024; // what the kernel gathers before it hands over: the watermark waits for it
    private static readonly TimeSpan PaceFor = TimeSpan.FromMicroseconds(250); // after each buffer that is full: other events come between
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
    /// The object and the state must outlive this, which is the one that changes <paramref name="settings"/> from now on;
    /// <paramref name="every"/> null: nothing is reported, what is gone is given back. Each sweep says that the state is in use.
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

    /// <summary>Where the records go; owned by this.</summary>
    public RingMapping Ring { get; }

    /// <summary>Records written to the ring. Any thread.</summary>
    public ulong Delivered => (ulong)Volatile.Read(ref _delivered);

    /// <summary>Records that found no room before the stop's end. Any thread.</summary>
    public ulong Dropped => (ulong)Volatile.Read(ref _dropped);

    /// <summary>Sweeps that the kernel broke off; the next one reports what is still due. Any thread.</summary>
    public ulong Failures => (ulong)Volatile.Read(ref _failures);

    /// <summary>Sweeps that came to their end. Any thread.</summary>
    public ulong Sweeps => (ulong)Volatile.Read(ref _sweeps);

    /// <summary>How long those took together, with what they waited for room in the ring. Any thread.</summary>
    public ulong SweepNanoseconds => (ulong)Volatile.Read(ref _sweepNanoseconds);

    /// <summary>
    /// No record that is not yet in the ring is older than this, CLOCK_MONOTONIC; the largest number where there is none. Any thread:
    /// who wants a time up to which all is in the ring reads the clock first, then this.
    /// </summary>
    public ulong UnwrittenSince => Volatile.Read(ref _unwrittenSince);

    public void Start() => _thread.Start();

    /// <summary>Before the start, on the caller's thread: gives back the slots of sockets that are gone. Writes nothing.</summary>
    public void GiveBackGone()
    {
        _settings.GoneOnly = 1;
        Sweep((0, false));
        _settings.GoneOnly = 0;
    }

    /// <summary>Reports every open connection a last time and ends; somebody must go on draining the ring.</summary>
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
            Interlocked.Exchange(ref _unwrittenSince, MonotonicClock.Now); // a barrier: it is seen before the records are older
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
