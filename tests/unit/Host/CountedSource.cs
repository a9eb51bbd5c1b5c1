using NetMon.Native;
using NetMon.Sources;

namespace NetMon.UnitTests.Host;

/// <summary>A source without records, with counters that the test sets.</summary>
internal sealed class CountedSource : IRecordSource
{
    public SourceCounters Counters { get; set; } = new(0, 0);

    public IReadOnlyList<CgroupCounters> Cgroups { get; set; } = [];

    public string Description => "a test";

    public IReadOnlyList<RingMapping> Rings => [];

    public bool IsLive => false;

    public bool HasEnded => true;

    public SourceTime ReadTime() => new(0, 0);

    public SourceCounters ReadCounters() => Counters;

    public IReadOnlyList<CgroupCounters> ReadCgroups() => Cgroups;

    public void Start()
    {
    }

    public void Stop()
    {
    }

    public void Dispose()
    {
    }
}
