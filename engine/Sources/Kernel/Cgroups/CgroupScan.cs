using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Native;

namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>
/// Reports every existing cgroup in the same way as the kernel reports new ones: through a ring, which is drained with the others. Has its own
/// thread, because the ring holds 500 records while a node has thousands of cgroups.
/// </summary>
internal sealed class CgroupScan : IDisposable
{
    private const int RingBytes = 256 * 1024;
    private static readonly TimeSpan RingFullPause = TimeSpan.FromMilliseconds(1);
    private readonly CgroupHierarchy _hierarchy;
    private readonly CgroupRoot? _v2Root;
    private readonly RingProducer _producer;
    private readonly AutoResetEvent _requested = new(false);
    private readonly Thread _thread;
    private volatile bool _stop;

    public CgroupScan(CgroupHierarchy hierarchy, CgroupRoot? v2Root)
    {
        (_hierarchy, _v2Root) = (hierarchy, v2Root);
        Ring = RingMapping.InMemory(RingBytes);
        _producer = new RingProducer(Ring);
        _thread = new Thread(Run) { Name = "netmon-cgroups", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The ring of the reports; owned by the scan.</summary>
    public RingMapping Ring { get; }

    /// <summary>Schedules a scan of the tree. Thread-safe.</summary>
    public void Request() => _requested.Set();

    /// <summary>Stops a running scan.</summary>
    public void Stop()
    {
        _stop = true;
        _requested.Set();
        _thread.Join();
    }

    public void Dispose()
    {
        Stop();
        Ring.Dispose();
        _requested.Dispose();
    }

    private void Run()
    {
        while (!_stop)
        {
            _requested.WaitOne();
            if (!_stop)
            {
                _hierarchy.Walk(_v2Root, Tell);
            }
        }
    }

    private void Tell(ulong id, ReadOnlySpan<byte> path)
    {
        var record = CgroupRecord.Of(RecordKind.CgroupMade, MonotonicClock.Now, id, path);
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<CgroupRecord>(in record));
        while (!_stop && !_producer.TryWrite(bytes))
        {
            MonotonicClock.Sleep(RingFullPause);
        }
    }
}
