using System.Text;
using NetMon.Enrichment;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using NetMon.UnitTests.Enrichment.Runtimes;
using Xunit;

namespace NetMon.UnitTests.Enrichment;

/// <summary>A directory, its clock, its runtimes, and how often it had the tree of cgroups read.</summary>
internal sealed class DirectoryUnderTest
{
    public DirectoryUnderTest(ContainerDirectoryOptions? options = null)
    {
        Time.Advance(TimeSpan.FromHours(1)); // no clock of a node begins at nought
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

    /// <summary>A runtime tells of these, unasked.</summary>
    public void Tell(params ContainerIdentity[] found) => Take(new RuntimeReport(0, found, []));

    /// <summary>A runtime was asked for these and knows none of them.</summary>
    public void Deny(params string[] ids) => Take(new RuntimeReport(0, [], ids));

    /// <summary>The container of an event from this cgroup, and whether waiting may bring more.</summary>
    public (ContainerIdentity? Container, bool Settled) Of(ulong cgroup)
    {
        var events = new ConnectionEvent[1];
        events[0].Record.Owner.CgroupId = cgroup;
        var settled = Directory.Name(events);
        return (events[0].Container, settled);
    }

    /// <summary>The first runtime reports this of sandboxes.</summary>
    public void Tell(PodNews pods) => Take(new RuntimeReport(0, [], []) { Pods = pods });

    public void Pass(TimeSpan time)
    {
        Time.Advance(time);
        Directory.TakeNews();
    }

    /// <summary>Has a report wait to be taken.</summary>
    public void Post(RuntimeReport report) => Assert.True(Reports.TryPost(report));

    private void Take(RuntimeReport report)
    {
        Post(report);
        Directory.TakeNews();
    }
}
