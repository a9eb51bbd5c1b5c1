using System.Text;
using NetMon.Enrichment;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.UnitTests.Enrichment.Runtimes;
using Xunit;

namespace NetMon.UnitTests.Enrichment;

/// <summary>A directory with its clock and runtimes. Counts how often the directory requested a scan of the cgroup tree.</summary>
internal sealed class DirectoryUnderTest
{
    public DirectoryUnderTest(ContainerDirectoryOptions? options = null)
    {
        Time.Advance(TimeSpan.FromHours(1)); // a node's clock never starts at zero
        Directory = new ContainerDirectory(options ?? new ContainerDirectoryOptions(), Names, Reports, () => Rescans++, Time);
    }

    public ManualTime Time { get; } = new();

    public AskedNames Names { get; } = new();

    public RuntimeReports Reports { get; } = new();

    public ContainerDirectory Directory { get; }

    public int Rescans { get; private set; }

    /// <summary>64 digits for the n-th container.</summary>
    public static string Id(int n) => n.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);

    public static string PodUid(int n) => $"00000000-0000-4000-8000-{n:x12}";

    public static string PathOf(int n) => $"/kubepods/burstable/pod{PodUid(n)}/{Id(n)}";

    public static ContainerIdentity Named(int n) => new(Id(n), $"pod-{n}", "shop", "main", PodUid(n), "image");

    public void Made(ulong cgroup, string path, long at = 0) => Directory.Learn(CgroupRecord.Of(RecordKind.CgroupMade, 0, cgroup, Encoding.UTF8.GetBytes(path)), at);

    public void Removed(ulong cgroup, long at = 0) => Directory.Learn(CgroupRecord.Of(RecordKind.CgroupRemoved, 0, cgroup, ""u8), at);

    /// <summary>A runtime reports these without a request.</summary>
    public void Tell(params ContainerIdentity[] found) => Take(new RuntimeReport(0, found, []));

    /// <summary>A runtime answers a request: it knows none of these.</summary>
    public void Deny(params string[] ids) => Take(new RuntimeReport(0, [], ids));

    /// <summary>The container of an event from this cgroup, and whether waiting may give a better answer.</summary>
    public (ContainerIdentity? Container, bool Settled) Of(ulong cgroup)
    {
        var events = new ConnectionEvent[1];
        events[0].Record.Owner.CgroupId = cgroup;
        var settled = Directory.Name(events);
        return (events[0].Container, settled);
    }

    /// <summary>The first runtime reports these sandboxes.</summary>
    public void Tell(PodNews pods) => Take(new RuntimeReport(0, [], []) { Pods = pods });

    public void Pass(TimeSpan time)
    {
        Time.Advance(time);
        Directory.TakeNews();
    }

    /// <summary>Queues a report.</summary>
    public void Post(RuntimeReport report) => Assert.True(Reports.TryPost(report));

    private void Take(RuntimeReport report)
    {
        Post(report);
        Directory.TakeNews();
    }
}
