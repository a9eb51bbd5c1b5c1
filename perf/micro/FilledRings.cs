using System.Runtime.InteropServices;
using NetMon.Native;
using NetMon.Sources;

namespace NetMon.Micro;

/// <summary>A source with all records already written. Owns its rings.</summary>
internal sealed class FilledRings : IRecordSource
{
    private readonly RingMapping[] _rings;
    private readonly SourceTime _time;
    private readonly ulong _count;

    public FilledRings(StandardEvents events, int ringBytes)
    {
        _rings = [.. Enumerable.Range(0, StandardEvents.Rings).Select(_ => RingMapping.InMemory(ringBytes))];
        var producers = _rings.Select(ring => new RingProducer(ring)).ToArray();
        var records = events.Records;
        for (var i = 0; i < records.Length; i++)
        {
            if (!producers[i % producers.Length].TryWrite(MemoryMarshal.AsBytes(records.AsSpan(i, 1))))
            {
                throw new InvalidOperationException($"{ringBytes} bytes a ring do not hold {records.Length} records");
            }
        }

        (_time, _count) = (new SourceTime(records[^1].KtimeNanoseconds, 0), (ulong)records.Length);
    }

    public string Description => "rings that are full";

    public IReadOnlyList<RingMapping> Rings => _rings;

    public bool IsLive => false;

    public bool HasEnded => true;

    public SourceTime ReadTime() => _time;

    public SourceCounters ReadCounters() => new(_count, _count);

    public void Start()
    {
    }

    public void Stop()
    {
    }

    public void Dispose() => Array.ForEach(_rings, ring => ring.Dispose());
}
