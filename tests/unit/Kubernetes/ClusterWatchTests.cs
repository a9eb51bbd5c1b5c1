using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using NetMon.Cluster;
using NetMon.Events;
using NetMon.Tests.Kubernetes;
using Xunit;

namespace NetMon.UnitTests.Kubernetes;

/// <summary>
/// The watch against an API server over HTTPS that behaves as real ones do, and worse: its data is eventually right, and old data stays
/// until newer data arrives.
/// </summary>
public sealed class ClusterWatchTests : IAsyncLifetime
{
    private readonly WatchedCluster _watched = new();

    private TestCluster Cluster => _watched.Cluster;

    private TestApiServer Server => _watched.Server;

    public ValueTask InitializeAsync()
    {
        Cluster.Put(TestObject.Node("n1", "192.168.0.1", "10.1.0.0/24"));
        Cluster.Put(TestObject.Node("n2", "192.168.0.2", "10.2.0.0/24"));
        Cluster.Put(TestObject.Service("shop", "web", "10.96.0.10"));
        Cluster.Put(TestObject.Slice("shop", "web-abcde", "web", ("10.1.0.5", "web-1", "n1"), ("10.2.0.5", "web-2", "n2"), ("192.168.0.2", "web-host", "n2")));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _watched.DisposeAsync();

    [Fact]
    public async Task Peer_names_and_changes_arrive_through_three_lists_and_three_watches()
    {
        await _watched.StartAsync();
        await _watched.UntilPodAsync("10.1.0.5", "web-1");
        await AllWatchedAsync();
        Assert.Equal(new PeerIdentity("web-1", "shop", "", "web", "n1", "zone-of-n1"), _watched.Find("10.1.0.5", 8080));
        Assert.Equal("", _watched.Find("10.1.0.5", 9090)!.Service);
        Assert.Equal(new PeerIdentity("web-2", "shop", "", "web", "n2", "zone-of-n2"), _watched.Find("10.2.0.5", 8080, "10.96.0.10", 80));
        Assert.Equal(new PeerIdentity("", "shop", "", "web"), _watched.Find("10.96.0.10", 80));
        Assert.Equal(new PeerIdentity("", "shop", "", "web", "n2", "zone-of-n2"), _watched.Find("192.168.0.2", 8080));
        Assert.Equal(new PeerIdentity("", "", "", "", "n2", "zone-of-n2"), _watched.Find("192.168.0.2", 22));
        Assert.Equal(("", "n2", "zone-of-n2"), (_watched.Find("192.168.0.2")!.PodName, _watched.Find("192.168.0.2")!.Node, _watched.Find("192.168.0.2")!.Zone));
        Assert.Equal(new PeerIdentity("", "", "", "", "n1", "zone-of-n1"), _watched.Find("192.168.0.1"));
        Assert.Equal(new PeerIdentity("", "", "", "", "n1", "zone-of-n1"), _watched.Find("10.1.0.99"));
        Assert.Null(_watched.Find("10.3.0.1"));

        Cluster.Put(TestObject.Slice("shop", "web-abcde", "web", ("10.1.0.5", "web-3", "n1")));
        await _watched.UntilPodAsync("10.1.0.5", "web-3");
        Assert.Equal(new PeerIdentity("", "", "", "", "n2", "zone-of-n2"), _watched.Find("10.2.0.5"));
        Cluster.Delete(TestObject.Slice("shop", "web-abcde", "web"));
        await _watched.UntilPodAsync("10.1.0.5", "");
        Cluster.Put(TestObject.Service("shop", "web", "10.96.0.11", """[{"port":80,"nodePort":30080},{"port":53,"protocol":"UDP","nodePort":30053}]"""));
        await _watched.UntilAsync(() => _watched.Find("10.96.0.11", 80) is { Service: "web" }, "the new address");
        Assert.Null(_watched.Find("10.96.0.10", 80));
        await _watched.UntilAsync(() => _watched.Find("192.168.0.1", 30080) == new PeerIdentity("", "shop", "", "web", "n1", "zone-of-n1"), "the node port");

        Assert.Equal(6, Server.Requests.Length);
        Assert.Equal(3, Server.Requests.Count(request => request.EndsWith("?limit=500&resourceVersion=0", StringComparison.Ordinal)));
        Assert.Equal(3, Server.Requests.Count(request => request.Contains("?watch=1&allowWatchBookmarks=true&resourceVersion=1", StringComparison.Ordinal)));
        Assert.Equal(["Info: watching services, endpoint slices and nodes of " + Server.Address], _watched.Log);
    }

    [Fact]
    public async Task No_pod_is_named_if_slices_disagree()
    {
        Cluster.Put(TestObject.Slice("other", "claim", "", ("10.2.0.5", "impostor", "n2"), ("192.168.0.1", "impostor", "n1")));
        await _watched.StartAsync();
        await _watched.UntilPodAsync("10.1.0.5", "web-1");
        await AllWatchedAsync();
        Assert.Equal("", _watched.Find("10.2.0.5")?.PodName ?? "");
        Assert.Equal(("", "n1"), (_watched.Find("192.168.0.1")!.PodName, _watched.Find("192.168.0.1")!.Node));
        Cluster.Delete(TestObject.Slice("other", "claim", ""));
        await _watched.UntilPodAsync("10.2.0.5", "web-2");
    }

    [Fact]
    public async Task A_list_is_read_in_pages()
    {
        Server.MostOfPage = 7;
        for (var index = 0; index < 50; index++)
        {
            Cluster.Put(TestObject.Slice("shop", $"s{index}", "web", ($"10.1.1.{index}", $"pod-{index}", "n1")));
        }

        await _watched.StartAsync();
        for (var index = 0; index < 50; index++)
        {
            await _watched.UntilPodAsync($"10.1.1.{index}", $"pod-{index}");
        }

        Assert.Equal(7, Server.Requests.Count(request => request.Contains("endpointslices?limit=500&continue=", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_forgotten_version_is_listed_again_and_removed_objects_disappear(bool inStream)
    {
        Server.IsGoneInStream = inStream;
        await _watched.StartAsync();
        await _watched.UntilPodAsync("10.1.0.5", "web-1");
        await AllWatchedAsync();
        await Server.StopAsync();
        await _watched.UntilAsync(() => _watched.Status.Why is not null, "word of it");
        Assert.Equal("web-1", _watched.Find("10.1.0.5")!.PodName);
        Cluster.Put(TestObject.Slice("shop", "web-abcde", "web", ("10.1.0.6", "web-6", "n1")));
        Cluster.Delete(TestObject.Service("shop", "web", "10.96.0.10"));
        Cluster.Compact();
        await Server.StartAsync();
        await _watched.UntilPodAsync("10.1.0.6", "web-6");
        await _watched.UntilPodAsync("10.1.0.5", "");
        await _watched.UntilAsync(() => _watched.Find("10.96.0.10", 80) is null, "the Service's end");
        await AllWatchedAsync();
        Assert.Equal(3, _watched.Status.Kinds.Sum(kind => kind.Relists));
        Assert.Contains(Server.Requests, request => request.EndsWith("endpointslices?limit=500", StringComparison.Ordinal)); // the most recent version, not any version
    }

    [Fact]
    public async Task After_a_short_outage_only_changes_are_requested()
    {
        await _watched.StartAsync();
        await AllWatchedAsync();
        await Server.StopAsync();
        Cluster.Put(TestObject.Slice("shop", "web-abcde", "web", ("10.1.0.5", "web-9", "n1")));
        await Server.StartAsync();
        await _watched.UntilPodAsync("10.1.0.5", "web-9");
        Assert.Equal(3, Server.Requests.Count(request => request.Contains("limit=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_watch_resumes_from_the_last_bookmark()
    {
        Server.BookmarkEvery = TimeSpan.FromMilliseconds(20);
        await _watched.StartAsync();
        await AllWatchedAsync();
        for (var index = 0; index < 20; index++)
        {
            Cluster.Put(TestObject.Service("shop", $"s{index}", $"10.96.1.{index}")); // the watch of slices gets nothing but bookmarks
        }

        var newest = Cluster.Version;
        var bookmarked = _watched.Status.Kinds[1].Bytes;
        await _watched.UntilAsync(() => _watched.Status.Kinds[1].Bytes > bookmarked + 1000, "bookmarks");
        await Server.StopAsync();
        await Server.StartAsync();
        await _watched.UntilAsync(() => Server.Requests.Count(request => request.Contains("endpointslices?watch", StringComparison.Ordinal)) >= 2, "the next watch");
        Assert.EndsWith($"&resourceVersion={newest}", Server.Requests.Last(request => request.Contains("endpointslices?watch", StringComparison.Ordinal)).Split("&timeoutSeconds")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_token_is_read_again()
    {
        Server.Token = "second-token";
        await _watched.StartAsync();
        await _watched.UntilAsync(() => _watched.Status.Why is not null, "the refusal");
        Assert.Contains($"the API server does not accept the token in {_watched.TokenFile} (401)", _watched.Status.Why, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_watched.TokenFile, "second-token", TestContext.Current.CancellationToken);
        await _watched.UntilPodAsync("10.1.0.5", "web-1");
        await AllWatchedAsync();
        Assert.Null(_watched.Status.Why);
        Assert.DoesNotContain(_watched.Log, line => line.Contains("second-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_permission_is_reported_with_the_required_rule()
    {
        var forbidden = TestObject.Nodes;
        Server.Instead = async context =>
        {
            if (context.Request.Path != forbidden)
            {
                return false;
            }

            context.Response.StatusCode = 403;
            await Server.WriteAsync(context, "{}");
            return true;
        };
        await _watched.StartAsync();
        await _watched.UntilAsync(() => _watched.Log.Any(line => line.Contains("apiGroups [\"\"], resources [\"nodes\"], verbs [\"list\", \"watch\"]", StringComparison.Ordinal)), "the nodes' rule");
        Assert.DoesNotContain(Server.Requests, request => request.Contains("endpointslices", StringComparison.Ordinal)); // they come after the nodes
        forbidden = TestObject.Slices;
        await _watched.UntilAsync(() => _watched.Log.Any(line => line.Contains("apiGroups [\"discovery.k8s.io\"], resources [\"endpointslices\"], verbs [\"list\", \"watch\"]", StringComparison.Ordinal)), "the slices' rule");
        Assert.Equal("", _watched.Find("10.1.0.5")?.PodName ?? "");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var other = new TestAuthority();
        await File.WriteAllTextAsync(_watched.AuthorityFile, other.Pem, TestContext.Current.CancellationToken);
        await _watched.StartAsync();
        await _watched.UntilAsync(() => _watched.Status.Why is not null, "the refusal");
        Assert.Contains($"is not trusted by {_watched.AuthorityFile}", _watched.Status.Why, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
        await File.WriteAllTextAsync(_watched.AuthorityFile, other.Pem + "\n" + _watched.Authority.Pem, TestContext.Current.CancellationToken); // as when authorities are rotated
        await _watched.UntilPodAsync("10.1.0.5", "web-1");
    }

    [Theory]
    [InlineData("127.0.0.2", 0, "is for another name")]
    [InlineData("127.0.0.1", 6, "NotTimeValid")]
    public async Task A_certificate_with_a_wrong_name_or_validity_is_refused(string address, int daysOld, string why)
    {
        _watched.Server = new TestApiServer(Cluster, _watched.Authority.Sign(IPAddress.Parse(address), TimeSpan.FromDays(daysOld) - TimeSpan.FromHours(6 * (daysOld > 0 ? 1 : 0))));
        await _watched.StartAsync();
        await _watched.UntilAsync(() => _watched.Status.Why is not null, "the refusal");
        Assert.Contains(why, _watched.Status.Why, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData("<html>no</html>")]
    [InlineData("""{"kind":"List","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"x","namespace":"y"}}""")]
    [InlineData("""{"kind":"List","metadata":{},"items":[]}""")]
    [InlineData("""{"kind":"List","metadata":{"resourceVersion":},"items":[]}""")]
    [InlineData("""[[[[""")]
    [InlineData("")]
    public async Task An_invalid_list_is_requested_again(string body)
    {
        var wrong = 20;
        Server.Instead = async context =>
        {
            if (Interlocked.Decrement(ref wrong) < 0)
            {
                return false;
            }

            await Server.WriteAsync(context, body);
            return true;
        };
        await _watched.StartAsync();
        await _watched.UntilPodAsync("10.1.0.5", "web-1");
        await AllWatchedAsync();
        Assert.True(_watched.Status.Kinds.Sum(kind => kind.Errors) >= 18);
    }

    [Theory]
    [InlineData("no JSON at all")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"cut""")]
    [InlineData("""{"type":"ADDED","object":nonsense}""")]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcdserver: leader changed"}}""")]
    public async Task A_broken_watch_resumes_where_it_was(string line)
    {
        await _watched.StartAsync();
        await AllWatchedAsync();
        var said = 0;
        Server.Instead = async context =>
        {
            if (!context.Request.QueryString.Value!.Contains("watch=1", StringComparison.Ordinal) || Interlocked.Increment(ref said) > 12)
            {
                return false;
            }

            await Server.WriteAsync(context, line);
            return true;
        };
        await Server.StopAsync();
        Cluster.Put(TestObject.Slice("shop", "web-abcde", "web", ("10.1.0.5", "web-9", "n1")));
        await Server.StartAsync();
        await _watched.UntilPodAsync("10.1.0.5", "web-9");
        await AllWatchedAsync();
        Assert.Equal(3, Server.Requests.Count(request => request.Contains("limit=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_oversized_or_nameless_object_is_left_out_and_its_old_data_is_removed()
    {
        await _watched.StartAsync();
        await AllWatchedAsync();
        await _watched.UntilPodAsync("10.1.0.5", "web-1");
        Cluster.Say(TestObject.Slices, """{"type":"MODIFIED","object":{"metadata":{"namespace":"shop"}}}""");
        Cluster.Say(TestObject.Slices, """{"type":"SOMETHING","object":{}}""");
        Cluster.Say(TestObject.Slices, """{"type":"ADDED","object":{"metadata":{"name":"x y","namespace":"shop"}}}""");
        Cluster.Put(new TestObject(TestObject.Slices, "shop/web-abcde", version => TestObject.Slice("shop", "web-abcde", "web").Json(version)[..^1] + $",\"annotations\":\"{new string('x', 1_500_000)}\"}}"));
        Cluster.Put(TestObject.Slice("shop", "other", "web", ("10.1.0.7", "web-7", "n1")));
        await _watched.UntilPodAsync("10.1.0.7", "web-7");
        await _watched.UntilAsync(() => _watched.Status.Kinds[1].LeftOut == 4, "the count");
        Assert.Equal("", _watched.Find("10.1.0.5")!.PodName);
        Assert.Equal(6, Server.Requests.Length);
    }

    [Fact]
    public async Task A_slow_server_is_read_as_data_arrives()
    {
        Server.Instead = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("endpointslices", StringComparison.Ordinal) || !context.Request.QueryString.Value!.Contains("limit", StringComparison.Ordinal))
            {
                return false;
            }

            foreach (var letter in $$"""{"items":[{{TestObject.Slice("shop", "drip", "web", ("10.1.0.8", "web-8", "n1")).Json(5)}}],"metadata":{"resourceVersion":"{{Cluster.Version}}"} }""")
            {
                await Server.WriteAsync(context, letter.ToString());
            }

            return true;
        };
        await _watched.StartAsync();
        await _watched.UntilPodAsync("10.1.0.8", "web-8");
    }

    [Fact]
    public async Task A_silent_watch_is_restarted()
    {
        _watched.Pace = _watched.Pace with { WatchSilence = TimeSpan.FromMilliseconds(200) };
        await _watched.StartAsync();
        await _watched.UntilAsync(() => Server.Requests.Count(request => request.Contains("watch=1", StringComparison.Ordinal)) >= 9, "more watches");
        Assert.Equal("web-1", _watched.Find("10.1.0.5")!.PodName);
        Assert.Equal(3, Server.Requests.Count(request => request.Contains("limit=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Retry_After_of_a_busy_server_is_respected()
    {
        var first = DateTimeOffset.MinValue;
        var next = DateTimeOffset.MinValue;
        Server.Instead = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("nodes", StringComparison.Ordinal) || next > DateTimeOffset.MinValue)
            {
                return false;
            }

            if (first > DateTimeOffset.MinValue)
            {
                next = DateTimeOffset.UtcNow;
                return false;
            }

            first = DateTimeOffset.UtcNow;
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "1";
            await Server.WriteAsync(context, "{}");
            return true;
        };
        await _watched.StartAsync();
        await AllWatchedAsync();
        Assert.True(next - first >= TimeSpan.FromSeconds(0.99), $"{next - first}");
    }

    [Fact]
    public async Task Requests_have_a_user_agent_and_accept_compression()
    {
        var agents = new System.Collections.Concurrent.ConcurrentBag<string>();
        Server.Instead = async context =>
        {
            agents.Add($"{context.Request.Headers.UserAgent} {context.Request.Headers.AcceptEncoding} {context.Request.Protocol} {context.Request.Method}");
            if (!context.Request.QueryString.Value!.Contains("limit", StringComparison.Ordinal) || !context.Request.Path.Value!.EndsWith("nodes", StringComparison.Ordinal))
            {
                return false;
            }

            using var zipped = new MemoryStream();
            await using (var zip = new System.IO.Compression.GZipStream(zipped, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            {
                await zip.WriteAsync(Encoding.UTF8.GetBytes($$"""{"metadata":{"resourceVersion":"{{Cluster.Version}}"},"items":[{{TestObject.Node("zipped", "192.168.0.77", "10.77.0.0/24").Json(1)}}]}"""));
            }

            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(zipped.ToArray());
            return true;
        };
        await _watched.StartAsync();
        await _watched.UntilAsync(() => _watched.Find("192.168.0.77") is { Node: "zipped" }, "the node");
        await AllWatchedAsync();
        Assert.All(agents, agent => Assert.Equal("netmon/1.2.3 gzip HTTP/2 GET", agent));
    }

    private Task AllWatchedAsync() => _watched.UntilAsync(() => _watched.Status.Kinds.All(kind => kind.Phase == WatchPhase.Watching), "all watches");
}
