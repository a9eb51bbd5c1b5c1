using System.Text;
using Microsoft.AspNetCore.Http;
using NetMon.Tests.Kubernetes;
using Xunit;

namespace NetMon.UnitTests.Kubernetes;

/// <summary>The watch against an API server with slow, missing or invalid answers.</summary>
public sealed class ClusterAnswerTests : WatchedClusterTests
{
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
        await Watched.StartAsync();
        await Watched.UntilPodAsync("10.1.0.5", "web-1");
        await AllWatchedAsync();
        Assert.True(Watched.Status.Kinds.Sum(kind => kind.Errors) >= 18);
    }

    [Theory]
    [InlineData("no JSON at all")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"cut""")]
    [InlineData("""{"type":"ADDED","object":nonsense}""")]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcdserver: leader changed"}}""")]
    public async Task A_broken_watch_resumes_where_it_was(string line)
    {
        await Watched.StartAsync();
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
        await Watched.UntilPodAsync("10.1.0.5", "web-9");
        await AllWatchedAsync();
        Assert.Equal(3, Server.Requests.Count(request => request.Contains("limit=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_oversized_or_nameless_object_is_left_out_and_its_old_data_is_removed()
    {
        await Watched.StartAsync();
        await AllWatchedAsync();
        await Watched.UntilPodAsync("10.1.0.5", "web-1");
        Cluster.Say(TestObject.Slices, """{"type":"MODIFIED","object":{"metadata":{"namespace":"shop"}}}""");
        Cluster.Say(TestObject.Slices, """{"type":"SOMETHING","object":{}}""");
        Cluster.Say(TestObject.Slices, """{"type":"ADDED","object":{"metadata":{"name":"x y","namespace":"shop"}}}""");
        Cluster.Put(new TestObject(TestObject.Slices, "shop/web-abcde", version => TestObject.Slice("shop", "web-abcde", "web").Json(version)[..^1] + $",\"annotations\":\"{new string('x', 1_500_000)}\"}}"));
        Cluster.Put(TestObject.Slice("shop", "other", "web", ("10.1.0.7", "web-7", "n1")));
        await Watched.UntilPodAsync("10.1.0.7", "web-7");
        await Watched.UntilAsync(() => Watched.Status.Kinds[1].LeftOut == 4, "the count");
        Assert.Equal("", Watched.Find("10.1.0.5")!.PodName);
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
        await Watched.StartAsync();
        await Watched.UntilPodAsync("10.1.0.8", "web-8");
    }

    [Fact]
    public async Task A_silent_watch_is_restarted()
    {
        Watched.Pace = Watched.Pace with { WatchSilence = TimeSpan.FromMilliseconds(200) };
        await Watched.StartAsync();
        await Watched.UntilAsync(() => Server.Requests.Count(request => request.Contains("watch=1", StringComparison.Ordinal)) >= 9, "more watches");
        Assert.Equal("web-1", Watched.Find("10.1.0.5")!.PodName);
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
        await Watched.StartAsync();
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
        await Watched.StartAsync();
        await Watched.UntilAsync(() => Watched.Find("192.168.0.77") is { Node: "zipped" }, "the node");
        await AllWatchedAsync();
        Assert.All(agents, agent => Assert.Equal("netmon/1.2.3 gzip HTTP/2 GET", agent));
    }
}
