using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Native;
using NetMon.Sources.Kernel;

namespace NetMon.Sources.Synthetic;

/// <summary>
/// The standard node on which the agent is measured; see <see cref="SyntheticNode"/> and <see cref="SyntheticConnections"/>. With a rate it keeps its
/// pace like a kernel, and records that do not fit into the rings are dropped and counted; without a rate it waits.
/// </summary>
public sealed class SyntheticSource : IRecordSource
{
    private const int EventsBetweenClockReads = 64;
    private readonly SyntheticSourceOptions _options;
    private readonly RingProducer[] _producers;
    private readonly SyntheticConnections _connections;
    private readonly SyntheticContainers _containers;
    private readonly RingProducer _cgroups;
    private readonly Thread _thread;
    private readonly long _offset;
    private readonly ulong _began = MonotonicClock.Now;
    private ulong _time = MonotonicClock.Now;
    private ulong _seen;
    private ulong _ringFull;
    private volatile bool _stop;
    private volatile bool _ended;

    public SyntheticSource(SyntheticSourceOptions options)
    {
        _options = options;
        _offset = MonotonicClock.OffsetToRealtime + options.Ahead.Ticks * TimeSpan.NanosecondsPerTick;
        var layout = RingLayout.For(options.Rings, options.RingBytes);
        RingMapping[] rings = [.. Enumerable.Range(0, layout.Rings).Select(_ => RingMapping.InMemory(layout.RingBytes))];
        var cgroupRing = RingMapping.InMemory(RingLayout.SmallestRingBytes);
        Rings = [.. rings, cgroupRing];
        _producers = [.. rings.Select(ring => new RingProducer(ring))];
        _cgroups = new RingProducer(cgroupRing);
        _containers = new SyntheticContainers(options.Containers, options.ContainerStartsPerSecond, options.Node is not null);
        _connections = new SyntheticConnections(options.Seed, _containers, options.FlowAfter, options.Node);
        _thread = new Thread(Produce) { Name = "netmon-synthetic", IsBackground = true };
    }

    public string Description => $"synthetic: {(_options.Rate is { } rate ? $"{rate} events/s" : "as fast as it goes")}, {_producers.Length} rings, seed {_options.Seed}, {_options.Containers} containers";

    public IReadOnlyList<RingMapping> Rings { get; }

    public bool IsLive => _options.Rate is not null;

    public bool HasEnded => _ended;

    public SourceTime ReadTime()
    {
        var time = Volatile.Read(ref _time);
        return new SourceTime(time, _offset + (long)(time - _began) * (_options.Speed - 1));
    }

    public SourceCounters ReadCounters()
    {
        var lost = Volatile.Read(ref _ringFull); // first, so that it does not exceed what was seen
        var seen = Volatile.Read(ref _seen);
        return new SourceCounters(seen, seen - lost, lost);
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

        foreach (var ring in Rings)
        {
            ring.Dispose();
        }
    }

    private void Produce()
    {
        var started = MonotonicClock.Now;
        var count = _options.Count ?? long.MaxValue;
        var due = _options.Rate is null ? long.MaxValue : 0;
        for (long made = 0; made < count && !_stop; made++)
        {
            if (made % EventsBetweenClockReads == 0 || made >= due)
            {
                // The watermark advances before the record of that time is written, never after.
                Volatile.Write(ref _time, Math.Max(_time + 1, MonotonicClock.Now));
                while (_options.Rate is { } rate && made >= (due = (long)((Int128)(_time - started) * rate / 1_000_000_000)) && !_stop)
                {
                    MonotonicClock.Sleep(TimeSpan.FromMilliseconds(1));
                    Volatile.Write(ref _time, MonotonicClock.Now);
                }

                TellOfContainers(_time - started);
            }
            else
            {
                Volatile.Write(ref _time, _time + 1);
            }

            Write(made);
        }

        _ended = true;
    }

    private void TellOfContainers(ulong elapsedNanoseconds)
    {
        while (_containers.TryAdvance(TimeSpan.FromMicroseconds(elapsedNanoseconds / 1000), _time, out var change))
        {
            var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<CgroupRecord>(in change));
            while (!_stop && !_cgroups.TryWrite(bytes))
            {
                Thread.Yield();
            }
        }
    }

    private void Write(long made)
    {
        ref var record = ref _connections.Next(_time);
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<ConnectionRecord>(in record));
        var producer = _producers[made % _producers.Length];
        while (!producer.TryWrite(bytes))
        {
            if (IsLive || _stop)
            {
                Volatile.Write(ref _ringFull, _ringFull + 1);
                break;
            }

            Thread.Yield();
        }

        Volatile.Write(ref _seen, _seen + 1);
    }
}
