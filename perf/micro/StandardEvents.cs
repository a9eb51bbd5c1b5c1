using System.Runtime.InteropServices;
using NetMon.Enrichment;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.Native;
using NetMon.Sources.Synthetic;

namespace NetMon.Micro;

/// <summary>The standard node's first events from its source, and their form after each stage.</summary>
internal sealed class StandardEvents
{
    /// <summary>The source's rings; events go to them in turn.</summary>
    public const int Rings = 2;

    private StandardEvents(List<CgroupRecord> cgroups, List<ConnectionRecord> records)
    {
        records.Sort((one, other) => one.KtimeNanoseconds.CompareTo(other.KtimeNanoseconds));
        (Cgroups, Records) = (cgroups, [.. records]);
        Directory = new ContainerDirectory(new ContainerDirectoryOptions(), new NoNames(), new RuntimeReports(), () => { });
        foreach (ref readonly var cgroup in CollectionsMarshal.AsSpan(cgroups))
        {
            Directory.Learn(in cgroup);
        }

        Events = new ConnectionEvent[Records.Length];
        for (var i = 0; i < Events.Length; i++)
        {
            Events[i].UnixNanoseconds = (long)Records[i].KtimeNanoseconds;
            Events[i].Record = Records[i];
        }

        Directory.Name(Events);
    }

    /// <summary>The cgroups of the node's containers.</summary>
    public IReadOnlyList<CgroupRecord> Cgroups { get; }

    /// <summary>In order of time.</summary>
    public ConnectionRecord[] Records { get; }

    /// <summary>The same with containers.</summary>
    public ConnectionEvent[] Events { get; }

    /// <summary>Knows every cgroup; looks up no names.</summary>
    public ContainerDirectory Directory { get; }

    public static StandardEvents Make(int count)
    {
        using var source = new SyntheticSource(new SyntheticSourceOptions { Count = count, Rings = Rings });
        var rings = source.Rings.Select(ring => new RingConsumer(ring)).ToArray();
        List<CgroupRecord> cgroups = [];
        List<ConnectionRecord> records = new(count);
        source.Start();
        while (records.Count < count)
        {
            foreach (var ring in rings)
            {
                ring.Begin();
                while (ring.TryNext(out var record))
                {
                    if (record.Length == ConnectionRecord.ByteSize)
                    {
                        records.Add(MemoryMarshal.Read<ConnectionRecord>(record));
                    }
                    else
                    {
                        cgroups.Add(MemoryMarshal.Read<CgroupRecord>(record));
                    }
                }

                ring.Commit();
            }
        }

        return new StandardEvents(cgroups, records);
    }
}
