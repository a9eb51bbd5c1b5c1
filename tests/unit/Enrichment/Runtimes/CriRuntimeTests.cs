using System.Threading.Channels;
using Google.Protobuf;
using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Runtimes.Cri;
using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.Enrichment.Workloads;
using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

public sealed class CriRuntimeTests : IDisposable
{
    private readonly RuntimeFolder _folder = new();

    private string Socket => _folder["cri.sock"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Names_containers_and_sandboxes()
    {
        var script = new CriScript();
        script.Containers.AddRange(
        [
            Container("c1", "app", "sha256:1", "nginx:1.27"),
            Container("c2", "app2", "busybox:1", ""),
            new Container { Id = "c3", ImageRef = "sha256:3", Labels = { [Label.Container] = "by-label" } },
            new Container { Metadata = new ContainerMetadata { Name = "no id" } },
        ]);
        script.Sandboxes.Add(new PodSandbox { Id = "s1", Metadata = new PodSandboxMetadata { Name = "web-0", Namespace = "shop", Uid = "u-1" } });
        script.Sandboxes.Add(new PodSandbox { Id = "s2", Labels = { [Label.Pod] = "web-1", [Label.Namespace] = "shop", [Label.Uid] = "u-2" } });
        await using var server = await CriServer.StartAsync(Socket, script);
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));

        Assert.Equal("containerd 1.6.20~ds1", await runtime.ReadVersionAsync(Bound.Token));
        Assert.Equal(
            [
                new ContainerIdentity("c1", "web-0", "shop", "app", "u-1", "nginx:1.27", "shop/web"),
                new ContainerIdentity("c2", "web-0", "shop", "app2", "u-1", "busybox:1", "shop/web"),
                new ContainerIdentity("c3", ContainerName: "by-label", Image: "sha256:3"),
                new ContainerIdentity("s1", "web-0", "shop", "", "u-1", "", "shop/web"),
                new ContainerIdentity("s2", "web-1", "shop", "", "u-2", "", "shop/web"),
            ],
            await runtime.ListAsync([], Bound.Token));
    }

    [Fact]
    public async Task Requests_sandboxes_only_if_an_id_is_not_a_container_or_its_sandbox_is_unknown()
    {
        var script = new CriScript { Containers = { Container("c1", "a", "i", ""), Container("c2", "b", "i", "") } };
        script.Containers.ForEach(container => container.PodSandboxId = "s1");
        script.Sandboxes.Add(new PodSandbox { Id = "s1", Metadata = new PodSandboxMetadata { Name = "web-0", Namespace = "shop", Uid = "u-1" } });
        await using var server = await CriServer.StartAsync(Socket, script);
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));

        Assert.Equal(["c1", "s1"], (await runtime.ListAsync(["c1"], Bound.Token)).Select(found => found.ContainerId));
        Assert.Equal(2, (await runtime.ListAsync(["c1", "c2"], Bound.Token)).Count);
        Assert.Equal("s1", Assert.Single(await runtime.ListAsync(["s1"], Bound.Token)).ContainerId);
        Assert.Equal(3, (await runtime.ListAsync(["c1", "unknown"], Bound.Token)).Count);

        Assert.Equal(
            ["ListContainers c1", "ListPodSandbox s1", "ListContainers", "ListContainers s1", "ListPodSandbox s1", "ListContainers", "ListPodSandbox"],
            script.Calls);
    }

    [Theory]
    [InlineData("containerd", "1.6.20~ds1", true)]
    [InlineData("containerd", "v1.7.24-k3s1", true)]
    [InlineData("containerd", "2.0.0-rc.1", true)]
    [InlineData("cri-o", "1.28.0", true)]
    [InlineData("cri-o", "1.27.9", false)]
    [InlineData("docker", "27.1.1", false)]
    [InlineData("", "", false)]
    public async Task Follows_events_only_if_no_other_client_loses_them(string name, string version, bool canFollow)
    {
        await using var server = await CriServer.StartAsync(Socket, new CriScript { Name = name, Version = version });
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));
        Assert.False(runtime.CanFollow);

        await runtime.ReadVersionAsync(Bound.Token);

        Assert.Equal(canFollow, runtime.CanFollow);
    }

    [Theory]
    [InlineData("1.6.20")]
    [InlineData("1.7.24")]
    public async Task Before_containerd_2_it_follows_containerd_events_and_leaves_those_of_kubelet_alone(string version)
    {
        var script = new CriScript { Version = version, CriEvents = Channel.CreateUnbounded<ContainerEventResponse>() };
        script.Made["c1"] = ("busybox:1", new() { [Label.Pod] = "web-0", [Label.Namespace] = "shop", [Label.Uid] = "u", [Label.Container] = "app", ["io.cri-containerd.kind"] = "container" });
        script.Made["s1"] = ("pause:3", new() { [Label.Pod] = "web-0", [Label.Namespace] = "shop", [Label.Uid] = "u", ["io.cri-containerd.kind"] = "sandbox" });
        script.Made["plain"] = ("busybox:1", []);
        await using var server = await CriServer.StartAsync(Socket, script);
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));
        await runtime.ReadVersionAsync(Bound.Token);
        foreach (var id in (string[])["plain", "s1", "gone", "bad\" or id", "c1"])
        {
            script.ContainerdEvents.Writer.TryWrite(Created(id));
        }

        script.ContainerdEvents.Writer.TryWrite(new Envelope { Topic = "/containers/delete", Namespace = "k8s.io" });
        script.ContainerdEvents.Writer.Complete();
        List<ContainerIdentity> told = await Told(runtime);

        Assert.Equal(
            [new ContainerIdentity("s1", "web-0", "shop", "", "u", "", "shop/web"), new ContainerIdentity("c1", "web-0", "shop", "app", "u", "busybox:1", "shop/web")],
            told.OrderByDescending(t => t.ContainerId));
        Assert.Contains("Subscribe namespace==\"k8s.io\",topic==\"/containers/create\"", script.Calls);
        Assert.DoesNotContain("GetContainerEvents", script.Calls);
        Assert.DoesNotContain(script.Calls, call => call.Contains(" or ", StringComparison.Ordinal));
        var lists = script.Calls.Where(call => call.StartsWith("List k8s.io", StringComparison.Ordinal)).ToList();
        Assert.InRange(lists.Count, 1, 2);
    }

    [Fact]
    public async Task Many_creations_take_few_lookups_and_none_is_missed()
    {
        const int Storm = 2000;
        var script = new CriScript();
        for (var n = 0; n < Storm; n++)
        {
            script.Made[$"c{n}"] = ("i", new() { [Label.Container] = $"name-{n}" });
            script.ContainerdEvents.Writer.TryWrite(Created($"c{n}"));
        }

        script.ContainerdEvents.Writer.Complete();
        await using var server = await CriServer.StartAsync(Socket, script);
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));
        await runtime.ReadVersionAsync(Bound.Token);

        var told = await Told(runtime);

        Assert.Equal(Enumerable.Range(0, Storm).Select(n => $"name-{n}").Order(StringComparer.Ordinal), told.Select(t => t.ContainerName).Order(StringComparer.Ordinal));
        Assert.InRange(script.Calls.Count(call => call.StartsWith("List ", StringComparison.Ordinal)), 8, 200);
    }

    [Fact]
    public async Task From_containerd_2_on_cris_events_are_followed()
    {
        var script = new CriScript { Version = "2.1.0", CriEvents = Channel.CreateUnbounded<ContainerEventResponse>() };
        await using var server = await CriServer.StartAsync(Socket, script);
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));
        await runtime.ReadVersionAsync(Bound.Token);
        var pod = new PodSandboxStatus { Id = "s1", Metadata = new PodSandboxMetadata { Name = "web-0", Namespace = "shop", Uid = "u" } };
        ContainerStatus[] both =
        [
            new ContainerStatus { Id = "c0", Metadata = new ContainerMetadata { Name = "other" } },
            new ContainerStatus { Id = "c1", Metadata = new ContainerMetadata { Name = "app" }, Image = new ImageSpec { Image = "i" }, Labels = { [Label.Pod] = "web-0" } },
        ];
        script.CriEvents.Writer.TryWrite(new ContainerEventResponse { ContainerId = "s1", PodSandboxStatus = pod });
        script.CriEvents.Writer.TryWrite(new ContainerEventResponse { ContainerId = "c1", PodSandboxStatus = pod, ContainersStatuses = { both } });
        script.CriEvents.Writer.TryWrite(new ContainerEventResponse { ContainerId = "c0", ContainerEventType = ContainerEventType.ContainerDeletedEvent, ContainersStatuses = { both } });
        script.CriEvents.Writer.TryWrite(new ContainerEventResponse { ContainerId = "nowhere", ContainersStatuses = { both } });
        script.CriEvents.Writer.Complete();

        Assert.Equal([new ContainerIdentity("s1", "web-0", "shop", "", "u", "", "shop/web"), new ContainerIdentity("c1", "web-0", "", "app", "", "i", "shop/web")], await Told(runtime));
        Assert.True(runtime.CanFollow);
        Assert.DoesNotContain(script.Calls, call => call.StartsWith("Subscribe", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unimplemented_or_disabled_events_are_not_a_failure(bool switchedOff)
    {
        var off = Channel.CreateUnbounded<ContainerEventResponse>();
        off.Writer.Complete();
        await using var server = await CriServer.StartAsync(Socket, new CriScript { Name = "cri-o", Version = "1.30.1", CriEvents = switchedOff ? off : null });
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));
        await runtime.ReadVersionAsync(Bound.Token);
        Assert.True(runtime.CanFollow);

        Assert.Empty(await Told(runtime));

        Assert.False(runtime.CanFollow);
    }

    [Fact]
    public async Task An_oversized_message_is_a_failure_without_a_large_allocation()
    {
        var script = new CriScript();
        script.Containers.Add(new Container { Id = "c", Labels = { ["huge"] = new string('x', 17 << 20) } });
        await using var server = await CriServer.StartAsync(Socket, script);
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));

        var failure = await Assert.ThrowsAsync<RuntimeException>(() => runtime.ListAsync([], Bound.Token));

        Assert.Contains("ListContainers failed, ResourceExhausted", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_containerd_without_its_CRI_plugin_is_reported_as_such()
    {
        await using var server = await CriServer.StartAsync(Socket, new CriScript(), withCri: false);
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));

        var failure = await Assert.ThrowsAsync<RuntimeException>(() => runtime.ReadVersionAsync(Bound.Token));

        Assert.Contains("cri plugin may be disabled", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<List<ContainerIdentity>> Told(CriRuntime runtime)
    {
        List<ContainerIdentity> told = [];
        await foreach (var news in runtime.FollowAsync(Bound.Token))
        {
            if (news?.Container is { } container)
            {
                told.Add(container);
            }
        }

        return told;
    }

    private static Container Container(string id, string name, string image, string userImage) => new()
    {
        Id = id,
        Metadata = new ContainerMetadata { Name = name },
        Image = new ImageSpec { Image = image, UserSpecifiedImage = userImage },
        ImageRef = "sha256:ref",
        Labels = { [Label.Pod] = "web-0", [Label.Namespace] = "shop", [Label.Uid] = "u-1" },
    };

    private static Envelope Created(string id) => new()
    {
        Topic = "/containers/create",
        Namespace = "k8s.io",
        Event = new Packed { Value = new ContainerCreate { Id = id }.ToByteString() },
    };

    private static class Label
    {
        public const string Pod = "io.kubernetes.pod.name";
        public const string Namespace = "io.kubernetes.pod.namespace";
        public const string Uid = "io.kubernetes.pod.uid";
        public const string Container = "io.kubernetes.container.name";
    }
}
