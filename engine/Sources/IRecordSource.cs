using NetMon.Native;

namespace NetMon.Sources;

/// <summary>
/// A source of records: the kernel, a recording, a generator. All fill rings of the same layout, so that all later stages are the same. Owns
/// its rings.
/// </summary>
public interface IRecordSource : IDisposable
{
    /// <summary>A one-line description for the log.</summary>
    string Description { get; }

    /// <summary>
    /// The rings, in the order in which to drain them, so that a cgroup is reported before its events. Fixed for the source's lifetime.
    /// </summary>
    IReadOnlyList<RingMapping> Rings { get; }

    /// <summary>Whether the source does not wait: records that do not fit into the rings are lost, and counted here.</summary>
    bool IsLive { get; }

    /// <summary>Whether no more records will be written.</summary>
    bool HasEnded { get; }

    /// <summary>
    /// Returns the source's time. Records that are not in a ring when this returns are not older than the returned ktime.
    /// </summary>
    SourceTime ReadTime();

    /// <summary>Returns what the source has seen, delivered and dropped since it started.</summary>
    SourceCounters ReadCounters();

    /// <summary>Kernel memory used by the source in addition to this process's own, in bytes; constant.</summary>
    long KernelBytes => 0;

    /// <summary>Returns what was seen and dropped by cgroup, if the source counts that, in no order. Thread-safe, until disposal.</summary>
    IReadOnlyList<CgroupCounters> ReadCgroups() => [];

    /// <summary>Requests that every existing cgroup be reported again, if the source supports it; does not wait. Thread-safe.</summary>
    void RescanCgroups()
    {
    }

    /// <summary>Starts filling the rings.</summary>
    void Start();

    /// <summary>Stops filling the rings, which stay readable until the source is disposed.</summary>
    void Stop();
}
