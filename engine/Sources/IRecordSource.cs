using NetMon.Native;

namespace NetMon.Sources;

/// <summary>
/// Where records come from: the kernel, a recorded file, a generator. All of them fill rings of one layout, so that
/// everything behind the rings is the same. Owns its rings.
/// </summary>
public interface IRecordSource : IDisposable
{
    /// <summary>One line on what this is, for the log.</summary>
    string Description { get; }

    /// <summary>
    /// The rings to drain, in this order, so that a cgroup is told of no later than the events of it; fixed for the source's
    /// life.
    /// </summary>
    IReadOnlyList<RingMapping> Rings { get; }

    /// <summary>True when the source does not wait: what the rings can't take is lost, and counted here.</summary>
    bool IsLive { get; }

    /// <summary>True when no record will be written any more.</summary>
    bool HasEnded { get; }

    /// <summary>
    /// The source's time. Whatever is not in a ring when this returns is not older than the ktime it gives.
    /// </summary>
    SourceTime ReadTime();

    /// <summary>What the source has seen, delivered and dropped since it started.</summary>
    SourceCounters ReadCounters();

    /// <summary>Kernel memory that the source takes beside this process's own, bytes; it does not grow.</summary>
    long KernelBytes => 0;

    /// <summary>What it has seen and dropped of each cgroup, as far as it keeps account of that; in no order. Any thread, until it is disposed of.</summary>
    IReadOnlyList<CgroupCounters> ReadCgroups() => [];

    /// <summary>Has every cgroup that there is told again, where the source can; returns at once. Any thread.</summary>
    void RescanCgroups()
    {
    }

    /// <summary>Begins to fill the rings.</summary>
    void Start();

    /// <summary>Ends that; what is in the rings stays readable until the source is disposed of.</summary>
    void Stop();
}
