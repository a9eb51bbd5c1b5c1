using System.Net;
using System.Threading.Channels;
using Google.Protobuf;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Runtimes.Cri;
using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.Enrichment.Workloads;
using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>Pod data and addresses from CRI sandboxes.</summary>
public sealed class CriPodTests : IDisposable
{
    private const long Began = 1_800_000_000_000_000_000;
    private static readonly Workload Web = new("shop/web", WorkloadKinds.Deployment);
    private static readonly PodName Pod = new("shop", "web-5d8f7c9b6d-x2x4z", "u-1");

    private readonly RuntimeFolder _folder = new();

    private string Socket => _folder["cri.sock"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_container_has_names_and_workload_of_its_sandbox_before_its_addresses_are_read()
    {
        var script = new CriScript { Containers = { Container("c1") }, Sandboxes = { Sandbox("s1"), Sandbox("over", PodSandboxState.SandboxNotready), Sandbox("gone") } };
        script.Statuses["s1"] = Status("s1", "10.244.3.7", "fd00::7", "10.244.3.7", "no address");
        await using var server = await CriServer.StartAsync(Socket, script);
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));

        var found = await runtime.ListAsync([], Bound.Token);

        Assert.Equal(["c1", "s1", "over", "gone"], found.Select(one => one.ContainerId));
        Assert.All(found, one => Assert.Equal(Web, new Workload(one.Workload, one.WorkloadKind)));
        Assert.Equal(["ListContainers", "ListPodSandbox"], script.Calls);
        Assert.True(runtime.HasPodsToRead);
        var news = await runtime.ReadPodsAsync(Bound.Token);
        Assert.True(Assert.Single(news.Pods).IsSameAs(new PodAddresses("s1", Pod, Web, [IPAddress.Parse("10.244.3.7"), IPAddress.Parse("fd00::7")], false, Began)));
        Assert.Equal(["gone", "s1"], news.Present!.Order(StringComparer.Ordinal));
        Assert.False(runtime.HasPodsToRead);
        Assert.Equal(["PodSandboxStatus s1", "PodSandboxStatus gone"], script.Calls.Skip(2));
    }

    [Fact]
    public async Task A_pod_in_the_node_network_has_no_addresses_of_its_own()
    {
        var script = new CriScript { Sandboxes = { Sandbox("s1") } };
        script.Statuses["s1"] = Status("s1", "192.168.0.10");
        script.Statuses["s1"].Linux = new LinuxPodSandboxStatus { Namespaces = new Namespace { Options = new NamespaceOption { Network = NamespaceMode.Node } } };
        await using var server = await CriServer.StartAsync(Socket, script);
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));
        await runtime.ListAsync([], Bound.Token);

        var pod = Assert.Single((await runtime.ReadPodsAsync(Bound.Token)).Pods);

        Assert.Empty(pod.Addresses);
        Assert.True(pod.IsHostNetwork);
    }

    [Fact]
    public async Task Many_sandboxes_are_read_in_steps_so_that_names_do_not_wait()
    {
        var script = new CriScript();
        for (var n = 0; n < 100; n++)
        {
            script.Sandboxes.Add(Sandbox($"s{n}"));
            script.Statuses[$"s{n}"] = Status($"s{n}", $"10.0.0.{n}");
        }

        await using var server = await CriServer.StartAsync(Socket, script);
        await using var node = new Node([new RuntimeEndpoint(Socket, RuntimeKind.Cri)], new RuntimeOptions());
        node.Runtimes.Start();

        List<PodAddresses> read = [];
        while (read.Count < 100)
        {
            var news = await node.NextPods();
            Assert.InRange(news.Pods.Count, 1, 16);
            read.AddRange(news.Pods);
        }

        Assert.Equal(100, read.Select(pod => pod.SandboxId).Distinct().Count());
    }

    [Fact]
    public async Task A_sandbox_with_unreadable_addresses_is_retried_a_limited_number_of_times()
    {
        var script = new CriScript { Sandboxes = { Sandbox("s1"), Sandbox("s2"), Sandbox("s3") } };
        (script.Statuses["s1"], script.Statuses["s2"], script.Statuses["s3"]) = (Status("s1", "10.244.3.7"), Status("s2", "10.244.3.8"), Status("s3", "10.244.3.9"));
        (script.Failing["s1"], script.Failing["s2"]) = (3, int.MaxValue);
        await using var server = await CriServer.StartAsync(Socket, script);
        await using var node = new Node([new RuntimeEndpoint(Socket, RuntimeKind.Cri)], new RuntimeOptions { FirstBackOff = TimeSpan.FromMilliseconds(1), LongestBackOff = TimeSpan.FromMilliseconds(4) });
        node.Runtimes.Start();

        Assert.Equal("s3", Assert.Single((await node.NextPods()).Pods).SandboxId); // does not wait for the others
        Assert.Equal("s1", Assert.Single((await node.NextPods()).Pods).SandboxId);
        await Bound.Until(() => script.Calls.Count(call => call == "PodSandboxStatus s2") == PodSandboxes.MostTries);
        node.Runtimes.Ask("another");
        await node.NextReport();
        Assert.Equal((4, PodSandboxes.MostTries), (script.Calls.Count(call => call == "PodSandboxStatus s1"), script.Calls.Count(call => call == "PodSandboxStatus s2")));
        Assert.Equal(0, node.Status.Failures);
    }

    [Fact]
    public async Task A_CRI_event_has_workload_and_addresses_and_the_end_has_its_time()
    {
        var script = new CriScript { Version = "2.1.0", CriEvents = Channel.CreateUnbounded<ContainerEventResponse>() };
        await using var server = await CriServer.StartAsync(Socket, script);
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));
        await runtime.ReadVersionAsync(Bound.Token);
        var app = new ContainerStatus { Id = "c1", Metadata = new ContainerMetadata { Name = "app" }, Labels = { ["io.kubernetes.pod.name"] = Pod.Name, ["io.kubernetes.pod.namespace"] = "shop" } };
        var status = Status("s1", "10.244.3.7");
        foreach (var type in (ContainerEventType[])[ContainerEventType.ContainerCreatedEvent, ContainerEventType.ContainerStartedEvent])
        {
            script.CriEvents.Writer.TryWrite(new ContainerEventResponse { ContainerId = "s1", ContainerEventType = type, PodSandboxStatus = status });
        }

        script.CriEvents.Writer.TryWrite(new ContainerEventResponse { ContainerId = "c1", PodSandboxStatus = status, ContainersStatuses = { app } });
        script.CriEvents.Writer.TryWrite(new ContainerEventResponse { ContainerId = "s1", ContainerEventType = ContainerEventType.ContainerStoppedEvent, CreatedAt = Began + 5 });
        script.CriEvents.Writer.Complete();
        var told = await Told(runtime);

        Assert.Equal(["s1", "s1", "c1", null], told.Select(news => news.Container?.ContainerId));
        Assert.All(told.Take(3), news => Assert.Equal((Web.Name, Web.Kind), (news.Container!.Workload, news.Container.WorkloadKind)));
        Assert.Equal("s1", Assert.Single(told.SelectMany(news => news.Pods.Pods)).SandboxId); // once
        Assert.Equal(new PodEnd("s1", Began + 5), Assert.Single(told[3].Pods.Ended));
        Assert.False(runtime.HasPodsToRead);
    }

    [Fact]
    public async Task With_containerd_events_a_container_has_its_workload_even_if_its_sandbox_is_older()
    {
        var script = new CriScript { Version = "1.6.20" };
        script.Made["s1"] = ("pause", new(Labels) { ["io.cri-containerd.kind"] = "sandbox" });
        script.Made["c1"] = ("app", new(Kubelets) { ["io.kubernetes.container.name"] = "app", ["io.cri-containerd.kind"] = "container" });
        script.Made["c2"] = ("app", new(Kubelets) { ["io.kubernetes.container.name"] = "app2", ["io.kubernetes.pod.uid"] = "u-2", ["io.cri-containerd.kind"] = "container" });
        script.Statuses["s1"] = Status("s1", "10.244.3.7");
        script.ContainerdEvents.Writer.TryWrite(Created("c1"));
        script.ContainerdEvents.Writer.TryWrite(Created("c2"));
        script.ContainerdEvents.Writer.Complete();
        await using var server = await CriServer.StartAsync(Socket, script);
        using var runtime = new CriRuntime(Socket, new PodNaming("n1"));
        await runtime.ReadVersionAsync(Bound.Token);

        var told = (await Told(runtime)).ConvertAll(news => news.Container!);

        Assert.Equal(Web, told.Where(one => one.ContainerId == "c1").Select(one => new Workload(one.Workload, one.WorkloadKind)).Single());
        Assert.Equal(new Workload("shop/web", ""), told.Where(one => one.ContainerId == "c2").Select(one => new Workload(one.Workload, one.WorkloadKind)).Single());
        Assert.True(runtime.HasPodsToRead);
        Assert.Equal("s1", Assert.Single((await runtime.ReadPodsAsync(Bound.Token)).Pods).SandboxId);
    }

    private static Dictionary<string, string> Kubelets { get; } = new()
    {
        ["io.kubernetes.pod.name"] = Pod.Name,
        ["io.kubernetes.pod.namespace"] = Pod.Namespace,
        ["io.kubernetes.pod.uid"] = Pod.Uid,
    };

    private static Dictionary<string, string> Labels { get; } = new(Kubelets) { ["app"] = "web", ["pod-template-hash"] = "5d8f7c9b6d" };

    private static async Task<List<RuntimeNews>> Told(CriRuntime runtime)
    {
        List<RuntimeNews> told = [];
        await foreach (var news in runtime.FollowAsync(Bound.Token))
        {
            if (news is not null)
            {
                told.Add(news);
            }
        }

        return told;
    }

    private static Container Container(string id) => new()
    {
        Id = id,
        PodSandboxId = "s1",
        Metadata = new ContainerMetadata { Name = "app" },
        Labels = { Kubelets },
    };

    private static PodSandbox Sandbox(string id, PodSandboxState state = PodSandboxState.SandboxReady) => new()
    {
        Id = id,
        State = state,
        Metadata = new PodSandboxMetadata { Name = Pod.Name, Namespace = Pod.Namespace, Uid = Pod.Uid },
        Labels = { Labels },
        Annotations = { ["kubernetes.io/config.source"] = "api" },
    };

    private static PodSandboxStatus Status(string id, string address, params string[] more) => new()
    {
        Id = id,
        CreatedAt = Began,
        Metadata = new PodSandboxMetadata { Name = Pod.Name, Namespace = Pod.Namespace, Uid = Pod.Uid },
        Labels = { Labels },
        Network = new PodSandboxNetworkStatus { Ip = address, AdditionalIps = { more.Select(ip => new PodIP { Ip = ip }) } },
    };

    private static Envelope Created(string id) => new()
    {
        Topic = "/containers/create",
        Namespace = "k8s.io",
        Event = new Packed { Value = new ContainerCreate { Id = id }.ToByteString() },
    };
}
