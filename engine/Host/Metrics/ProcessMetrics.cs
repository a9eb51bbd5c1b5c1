using System.Diagnostics;
using Prometheus;

namespace NetMon.Host.Metrics;

/// <summary>Metrics of the process and its garbage collector, with the names common to Prometheus clients.</summary>
internal sealed class ProcessMetrics : IMetricGroup
{
    private readonly Gauge _resident;
    private readonly Gauge _threads;
    private readonly Gauge _handles;
    private readonly Counter _cpu;
    private readonly Gauge _heap;
    private readonly Counter _allocated;
    private readonly Counter _pause;
    private readonly Counter.Child[] _collections;

    public ProcessMetrics(MetricFactory factory)
    {
        _resident = factory.CreateGauge("process_resident_memory_bytes", "Resident memory, bytes.");
        _threads = factory.CreateGauge("process_threads", "Threads.");
        _handles = factory.CreateGauge("process_open_fds", "Open file descriptors.");
        _cpu = factory.CreateCounter("process_cpu_seconds_total", "CPU time, user and system, seconds.");
        _heap = factory.CreateGauge("netmon_gc_heap_bytes", "Managed memory in use, bytes.");
        _allocated = factory.CreateCounter("netmon_gc_allocated_bytes_total", "Managed memory allocated since startup, bytes.");
        _pause = factory.CreateCounter("netmon_gc_pause_seconds_total", "Total pause time of the garbage collector, seconds.");
        var collections = factory.CreateCounter("netmon_gc_collections_total", "Garbage collections by generation. A collection of a generation also counts for the lower ones.", "generation");
        _collections = [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(n => collections.WithLabels($"{n}"))];
        using var process = Process.GetCurrentProcess();
        factory.CreateGauge("process_start_time_seconds", "When the process started, Unix seconds.").Set(new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
        factory.CreateGauge("netmon_build_info", "Always 1; the label has the version.", "version").WithLabels(AgentVersion.Text).Set(1);
    }

    public void Update()
    {
        using var process = Process.GetCurrentProcess();
        _resident.Set(process.WorkingSet64);
        _threads.Set(process.Threads.Count);
        _handles.Set(process.HandleCount);
        _cpu.IncTo(process.TotalProcessorTime.TotalSeconds);
        _heap.Set(GC.GetTotalMemory(forceFullCollection: false));
        _allocated.IncTo(GC.GetTotalAllocatedBytes());
        _pause.IncTo(GC.GetTotalPauseDuration().TotalSeconds);
        for (var generation = 0; generation < _collections.Length; generation++)
        {
            _collections[generation].IncTo(GC.CollectionCount(generation));
        }
    }
}
