using NetMon.Events;
using NetMon.Tests.Kubernetes;
using Xunit;

namespace NetMon.UnitTests.Kubernetes;

/// <summary>The watch against an API server that behaves as real ones do: its data is eventually right, and old data stays until newer data arrives.</summary>
public sealed class ClusterWatchTests : WatchedClusterTests
{
    [Fact]
    public async Task Peer_names_and_changes_arrive_through_three_lists_and_three_watches()
    {
        await Watched.StartAsync();
        await Watched.UntilPodAsync("10.1.0.5", "web-1");
        await AllWatchedAsync();
        Assert.Equal(new PeerIdentity("web-1", "shop", "", "web", "n1", "zone-of-n1"), Watched.Find("10.1.0.5", 8080));
        Assert.Equal("", Watched.Find("10.1.0.5", 9090)!.Service);
        Assert.Equal(new PeerIdentity("web-2", "shop", "", "web", "n2", "zone-of-n2"), Watched.Find("10.2.0.5", 8080, "10.96.0.10", 80));
        Assert.Equal(new PeerIdentity("", "shop", "", "web"), Watched.Find("10.96.0.10", 80));
        Assert.Equal(new PeerIdentity("", "shop", "", "web", "n2", "zone-of-n2"), Watched.Find("192.168.0.2", 8080));
        Assert.Equal(new PeerIdentity("", "", "", "", "n2", "zone-of-n2"), Watched.Find("192.168.0.2", 22));
        Assert.Equal(("", "n2", "zone-of-n2"), (Watched.Find("192.168.0.2")!.PodName, Watched.Find("192.168.0.2")!.Node, Watched.Find("192.168.0.2")!.Zone));
        Assert.Equal(new PeerIdentity("", "", "", "", "n1", "zone-of-n1"), Watched.Find("192.168.0.1"));
        Assert.Equal(new PeerIdentity("", "", "", "", "n1", "zone-of-n1"), Watched.Find("10.1.0.99"));
        Assert.Null(Watched.Find("10.3.0.1"));

        Cluster.Put(TestObject.Slice("shop", "web-abcde", "web", ("10.1.0.5", "web-3", "n1")));
        await Watched.UntilPodAsync("10.1.0.5", "web-3");
        Assert.Equal(new PeerIdentity("", "", "", "", "n2", "zone-of-n2"), Watched.Find("10.2.0.5"));
        Cluster.Delete(TestObject.Slice("shop", "web-abcde", "web"));
        await Watched.UntilPodAsync("10.1.0.5", "");
        Cluster.Put(TestObject.Service("shop", "web", "10.96.0.11", """[{"port":80,"nodePort":30080},{"port":53,"protocol":"UDP","nodePort":30053}]"""));
        await Watched.UntilAsync(() => Watched.Find("10.96.0.11", 80) is { Service: "web" }, "the new address");
        Assert.Null(Watched.Find("10.96.0.10", 80));
        await Watched.UntilAsync(() => Watched.Find("192.168.0.1", 30080) == new PeerIdentity("", "shop", "", "web", "n1", "zone-of-n1"), "the node port");

        Assert.Equal(6, Server.Requests.Length);
        Assert.Equal(3, Server.Requests.Count(request => request.EndsWith("?limit=500&resourceVersion=0", StringComparison.Ordinal)));
        Assert.Equal(3, Server.Requests.Count(request => request.Contains("?watch=1&allowWatchBookmarks=true&resourceVersion=1", StringComparison.Ordinal)));
        Assert.Equal(["Info: watching services, endpoint slices and nodes of " + Server.Address], Watched.Log);
    }

    [Fact]
    public async Task No_pod_is_named_if_slices_disagree()
    {
        Cluster.Put(TestObject.Slice("other", "claim", "", ("10.2.0.5", "impostor", "n2"), ("192.168.0.1", "impostor", "n1")));
        await Watched.StartAsync();
        await Watched.UntilPodAsync("10.1.0.5", "web-1");
        await AllWatchedAsync();
        Assert.Equal("", Watched.Find("10.2.0.5")?.PodName ?? "");
        Assert.Equal(("", "n1"), (Watched.Find("192.168.0.1")!.PodName, Watched.Find("192.168.0.1")!.Node));
        Cluster.Delete(TestObject.Slice("other", "claim", ""));
        await Watched.UntilPodAsync("10.2.0.5", "web-2");
    }

    [Fact]
    public async Task A_list_is_read_in_pages()
    {
        Server.MostOfPage = 7;
        for (var index = 0; index < 50; index++)
        {
            Cluster.Put(TestObject.Slice("shop", $"s{index}", "web", ($"10.1.1.{index}", $"pod-{index}", "n1")));
        }

        await Watched.StartAsync();
        for (var index = 0; index < 50; index++)
        {
            await Watched.UntilPodAsync($"10.1.1.{index}", $"pod-{index}");
        }

        Assert.Equal(7, Server.Requests.Count(request => request.Contains("endpointslices?limit=500&continue=", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_forgotten_version_is_listed_again_and_removed_objects_disappear(bool inStream)
    {
        Server.IsGoneInStream = inStream;
        await Watched.StartAsync();
        await Watched.UntilPodAsync("10.1.0.5", "web-1");
        await AllWatchedAsync();
        await Server.StopAsync();
        await Watched.UntilAsync(() => Watched.Status.Why is not null, "word of it");
        Assert.Equal("web-1", Watched.Find("10.1.0.5")!.PodName);
        Cluster.Put(TestObject.Slice("shop", "web-abcde", "web", ("10.1.0.6", "web-6", "n1")));
        Cluster.Delete(TestObject.Service("shop", "web", "10.96.0.10"));
        Cluster.Compact();
        await Server.StartAsync();
        await Watched.UntilPodAsync("10.1.0.6", "web-6");
        await Watched.UntilPodAsync("10.1.0.5", "");
        await Watched.UntilAsync(() => Watched.Find("10.96.0.10", 80) is null, "the Service's end");
        await AllWatchedAsync();
        Assert.Equal(3, Watched.Status.Kinds.Sum(kind => kind.Relists));
        Assert.Contains(Server.Requests, request => request.EndsWith("endpointslices?limit=500", StringComparison.Ordinal)); // the most recent version, not any version
    }

    [Fact]
    public async Task After_a_short_outage_only_changes_are_requested()
    {
        await Watched.StartAsync();
        await AllWatchedAsync();
        await Server.StopAsync();
        Cluster.Put(TestObject.Slice("shop", "web-abcde", "web", ("10.1.0.5", "web-9", "n1")));
        await Server.StartAsync();
        await Watched.UntilPodAsync("10.1.0.5", "web-9");
        Assert.Equal(3, Server.Requests.Count(request => request.Contains("limit=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_watch_resumes_from_the_last_bookmark()
    {
        Server.BookmarkEvery = TimeSpan.FromMilliseconds(20);
        await Watched.StartAsync();
        await AllWatchedAsync();
        for (var index = 0; index < 20; index++)
        {
            Cluster.Put(TestObject.Service("shop", $"s{index}", $"10.96.1.{index}")); // the watch of slices gets nothing but bookmarks
        }

        var newest = Cluster.Version;
        var bookmarked = Watched.Status.Kinds[1].Bytes;
        await Watched.UntilAsync(() => Watched.Status.Kinds[1].Bytes > bookmarked + 1000, "bookmarks");
        await Server.StopAsync();
        await Server.StartAsync();
        await Watched.UntilAsync(() => Server.Requests.Count(request => request.Contains("endpointslices?watch", StringComparison.Ordinal)) >= 2, "the next watch");
        Assert.EndsWith($"&resourceVersion={newest}", Server.Requests.Last(request => request.Contains("endpointslices?watch", StringComparison.Ordinal)).Split("&timeoutSeconds")[0], StringComparison.Ordinal);
    }
}
