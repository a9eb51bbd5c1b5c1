using System.Text.Json;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Runtimes.Docker;
using NetMon.Enrichment.Workloads;
using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

public sealed class DockerRuntimeTests : IDisposable
{
    private const string Web = """{"Id":"aaa1","Names":["/db/alias","/web"],"Image":"nginx:1.27","ImageID":"sha256:1","Labels":{"x":"y"},"State":"running","Unknown":[{"a":1}]}""";
    private readonly RuntimeFolder _folder = new();

    private string Socket => _folder["docker.sock"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Distinguishes_docker_and_podman()
    {
        await using var docker = new SocketServer(Socket, DockerServer.Of(_ => "[]"));
        await using var podman = new SocketServer(_folder["podman.sock"], DockerServer.Answering((_, stream, stop) =>
            DockerServer.BodyAsync(stream, """{"Components":[{"Name":"Podman Engine"}],"Version":"4.3.1"}""", stop)));
        using var one = new DockerRuntime(Socket, new PodNaming("n1"));
        using var other = new DockerRuntime(_folder["podman.sock"], new PodNaming("n1"));

        Assert.Equal("docker 20.10.24", await one.ReadVersionAsync(Bound.Token));
        Assert.Equal("podman 4.3.1", await other.ReadVersionAsync(Bound.Token));
    }

    [Fact]
    public async Task Names_plain_containers_and_those_of_pods()
    {
        const string Label = "io.kubernetes";
        var pod = $"\"{Label}.pod.name\":\"web-0\",\"{Label}.pod.namespace\":\"shop\",\"{Label}.pod.uid\":\"u-1\"";
        await using var server = new SocketServer(Socket, DockerServer.Of(_ => $$"""
            [{{Web}}, null, {"Id":null}, {"Id":"bare"},
             {"Id":"b","Names":["/k8s_app_web-0_shop"],"Image":"app:2","Labels":{ {{pod}},"{{Label}}.container.name":"app","{{Label}}.docker.type":"container"} },
             {"Id":"c","Names":["/k8s_POD_web-0"],"Image":"pause","Labels":{ {{pod}},"{{Label}}.docker.type":"podsandbox"} },
             {"Id":"d","Names":["/k8s_POD_web-0"],"Image":"pause","Labels":{ {{pod}},"{{Label}}.container.name":"POD","other":null} }]
            """));
        using var runtime = new DockerRuntime(Socket, new PodNaming("n1"));

        Assert.Equal(
            [
                new ContainerIdentity("aaa1", ContainerName: "web", Image: "nginx:1.27", Workload: "container/web"),
                new ContainerIdentity("bare"),
                new ContainerIdentity("b", "web-0", "shop", "app", "u-1", "app:2", "shop/web"),
                new ContainerIdentity("c", "web-0", "shop", "", "u-1", "pause", "shop/web"),
                new ContainerIdentity("d", "web-0", "shop", "", "u-1", "pause", "shop/web"),
            ],
            await runtime.ListAsync([], Bound.Token));
    }

    [Fact]
    public async Task Asks_for_all_wanted_ids_in_one_call_ended_ones_included()
    {
        var paths = new List<string>();
        await using var server = new SocketServer(Socket, DockerServer.Of(path =>
        {
            paths.Add(path);
            return "[]";
        }));
        using var runtime = new DockerRuntime(Socket, new PodNaming("n1"));

        await runtime.ListAsync([], Bound.Token);
        await runtime.ListAsync(["a1", "b\"2"], Bound.Token);
        await runtime.ListAsync([.. Enumerable.Range(0, 4096).Select(n => $"{n:x64}")], Bound.Token);

        Assert.Equal("/containers/json?all=1", paths[0]);
        Assert.StartsWith("/containers/json?all=1&filters=", paths[1], StringComparison.Ordinal);
        var filters = JsonSerializer.Deserialize<Dictionary<string, string[]>>(paths[1].Split("filters=")[1]);
        Assert.Equal(["a1", "b\"2"], filters!["id"]);
        Assert.Equal("/containers/json?all=1", paths[2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Follows_events_split_at_any_position(int piece)
    {
        var lines =
            """{"status":"create","id":"e1","Type":"container","Action":"create","Actor":{"ID":"e1","Attributes":{"image":"busybox","name":"one","io.kubernetes.pod.name":"p"}}}""" + "\n"
            + """{"Type":"container","Action":"exec_start: sh","Actor":{"ID":"e1","Attributes":{"name":"one"}}}""" + "\r\n\n"
            + """{"Type":"network","Action":"create","Actor":{"ID":"n1","Attributes":{"name":"bridge"}}}""" + "\n"
            + """{"Type":"container","Action":"start"}""" + "\n"
            + """{"Type":"container","Action":"rename","Actor":{"ID":"e1","Attributes":{"image":"busybox","name":"ünö","oldName":"/one"}}}""" + "\n";
        var asked = "";
        await using var server = new SocketServer(Socket, DockerServer.Answering(async (path, stream, stop) =>
        {
            asked = path;
            await DockerServer.ChunkedHeadAsync(stream, stop);
            foreach (var part in lines.Chunk(piece))
            {
                await DockerServer.ChunkAsync(stream, new string(part), stop);
            }

            await DockerServer.SendAsync(stream, "0\r\n\r\n", stop);
        }));
        using var runtime = new DockerRuntime(Socket, new PodNaming("n1"));

        List<ContainerIdentity?> told = [];
        await foreach (var news in runtime.FollowAsync(Bound.Token))
        {
            told.Add(news?.Container);
        }

        Assert.Equal([new ContainerIdentity("e1", "p", "", "one", "", "busybox", "/p"), null, null, null, new ContainerIdentity("e1", "", "", "ünö", "", "busybox", "container/ünö")], told);
        Assert.Equal("""/events?filters={"type":["container"],"event":["create","start","rename","die"]}""", asked);
    }

    [Fact]
    public async Task Services_of_compose_and_swarm_are_workloads_and_containers_have_the_addresses_of_their_networks()
    {
        const string Networks = """ "NetworkSettings":{"Networks":{"a":{"IPAddress":"172.18.0.2","GlobalIPv6Address":"fd00::2"},"b":{"IPAddress":"","GlobalIPv6Address":""},"c":null}} """;
        await using var server = new SocketServer(Socket, DockerServer.Of(_ => $$"""
            [{"Id":"a1","Names":["/shop-web-1"],"State":"running","Labels":{"com.docker.compose.project":"shop","com.docker.compose.service":"web"},{{Networks}}},
             {"Id":"a2","Names":["/shop_db.1.xyz"],"State":"running","Labels":{"com.docker.swarm.service.name":"shop_db"},"NetworkSettings":{"Networks":{"host":{"IPAddress":""} } } },
             {"Id":"a3","Names":["/over"],"State":"exited",{{Networks}}}]
            """));
        using var runtime = new DockerRuntime(Socket, new PodNaming("n1"));

        var found = await runtime.ListAsync([], Bound.Token);

        Assert.Equal([("shop/web", "Compose"), ("shop_db", "Service"), ("container/over", "")], found.Select(one => (one.Workload, one.WorkloadKind)));
        Assert.True(runtime.HasPodsToRead);
        var news = await runtime.ReadPodsAsync(Bound.Token);
        var pod = Assert.Single(news.Pods);
        Assert.Equal(("a1", "shop-web-1", "shop/web", "172.18.0.2 fd00::2"), (pod.SandboxId, pod.Pod.Name, pod.Workload.Name, string.Join(' ', pod.Addresses)));
        Assert.Equal(["a1"], news.Present!);
        Assert.False(runtime.HasPodsToRead);
    }

    [Fact]
    public async Task The_addresses_of_a_started_container_are_read_and_its_end_is_reported()
    {
        var lines =
            """{"Type":"container","Action":"start","timeNano":1800000000000000000,"Actor":{"ID":"a1","Attributes":{"name":"db"}}}""" + "\n"
            + """{"Type":"container","Action":"die","timeNano":1800000000000000009,"Actor":{"ID":"a1","Attributes":{"name":"db"}}}""" + "\n";
        await using var server = new SocketServer(Socket, DockerServer.Answering(async (path, stream, stop) =>
        {
            if (path.StartsWith("/events", StringComparison.Ordinal))
            {
                await DockerServer.BodyAsync(stream, lines, stop);
                return;
            }

            await DockerServer.BodyAsync(stream, """[{"Id":"a1","Names":["/db"],"State":"running","NetworkSettings":{"Networks":{"a":{"IPAddress":"172.18.0.2"}}}}]""", stop);
        }));
        using var runtime = new DockerRuntime(Socket, new PodNaming("n1"));
        List<RuntimeNews?> told = [];
        await foreach (var news in runtime.FollowAsync(Bound.Token))
        {
            told.Add(news);
        }

        Assert.Equal(new PodEnd("a1", 1_800_000_000_000_000_009), Assert.Single(told[1]!.Pods.Ended));
        Assert.True(runtime.HasPodsToRead);
        var pod = Assert.Single((await runtime.ReadPodsAsync(Bound.Token)).Pods);
        Assert.Equal((1_800_000_000_000_000_000, "172.18.0.2"), (pod.FromUnixNanoseconds, pod.Addresses[0].ToString()));
    }

    [Fact]
    public async Task An_endless_line_is_refused_within_the_memory_limit()
    {
        await using var server = new SocketServer(Socket, DockerServer.Answering(async (_, stream, stop) =>
        {
            await DockerServer.ChunkedHeadAsync(stream, stop);
            for (var text = new string('x', 65_536); ;)
            {
                await DockerServer.ChunkAsync(stream, text, stop);
            }
        }));
        using var runtime = new DockerRuntime(Socket, new PodNaming("n1"));

        var failure = await Assert.ThrowsAsync<RuntimeException>(async () => await runtime.FollowAsync(Bound.Token).GetAsyncEnumerator(Bound.Token).MoveNextAsync());

        Assert.Contains("longer than 1024 KiB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_answer_is_refused_within_the_memory_limit()
    {
        await using var server = new SocketServer(Socket, DockerServer.Answering(async (_, stream, stop) =>
        {
            await DockerServer.ChunkedHeadAsync(stream, stop);
            await DockerServer.ChunkAsync(stream, "[", stop);
            for (var text = string.Concat(Enumerable.Repeat(Web + ",", 100)); ;)
            {
                await DockerServer.ChunkAsync(stream, text, stop);
            }
        }));
        using var runtime = new DockerRuntime(Socket, new PodNaming("n1"));

        var failure = await Assert.ThrowsAsync<RuntimeException>(() => runtime.ListAsync([], Bound.Token));

        Assert.Contains("longer than 16 MiB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_of_half_a_megabyte_is_cut()
    {
        await using var server = new SocketServer(Socket, DockerServer.Of(_ => $$"""[{"Id":"a","Names":["/{{new string('n', 1 << 19)}}"]}]"""));
        using var runtime = new DockerRuntime(Socket, new PodNaming("n1"));

        var found = Assert.Single(await runtime.ListAsync([], Bound.Token));

        Assert.Equal(new string('n', PodLabels.LongestName), found.ContainerName);
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("""[{"Id":"a","Names":"no list"}]""")]
    [InlineData("""[{"Id":"a","Names":["/x"]""")]
    [InlineData("")]
    [InlineData("null")]
    public async Task Explains_an_invalid_answer(string body)
    {
        await using var server = new SocketServer(Socket, DockerServer.Of(_ => body));
        using var runtime = new DockerRuntime(Socket, new PodNaming("n1"));

        var failure = await Assert.ThrowsAsync<RuntimeException>(() => runtime.ListAsync([], Bound.Token));

        Assert.Contains("GET /containers/json returned unexpected JSON", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_the_message_of_a_daemon_error()
    {
        await using var server = new SocketServer(Socket, DockerServer.Answering((_, stream, stop) =>
            DockerServer.BodyAsync(stream, "{\"message\":\"client version 1.24 is too old\\n\\u001b[31m\"}", stop, "400 Bad Request")));
        using var runtime = new DockerRuntime(Socket, new PodNaming("n1"));

        var failure = await Assert.ThrowsAsync<RuntimeException>(() => runtime.ReadVersionAsync(Bound.Token));

        Assert.Equal("GET /version was answered with status 400: client version 1.24 is too old  [31m", failure.Message);
    }
}
