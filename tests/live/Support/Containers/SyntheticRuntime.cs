using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NetMon.Enrichment.Runtimes.Cri.Wire;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>
/// A CRI runtime with the containers of the agent's synthetic node: the n-th has the id from its cgroup. It knows each container
/// from slightly before its start to slightly after its end, as runtimes do, and delays its answers.
/// </summary>
internal sealed class SyntheticRuntime : IAsyncDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);
    private readonly WebApplication _application;
    private readonly int _containers;
    private readonly int _startsPerSecond;
    private readonly bool _tellsEvents;
    private long _began = TimeProvider.System.GetTimestamp();
    private int _calls;

    private SyntheticRuntime(string path, int containers, int startsPerSecond, bool tellsEvents)
    {
        (_containers, _startsPerSecond, _tellsEvents) = (containers, startsPerSecond, tellsEvents);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(grpc => grpc.MaxSendMessageSize = null);
        builder.Services.AddSingleton(this);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        _application = builder.Build();
        _application.MapGrpcService<Service>();
    }

    /// <summary>Delay of each answer.</summary>
    public static TimeSpan Latency { get; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Number of requests.</summary>
    public int Calls => Volatile.Read(ref _calls);

    private double Elapsed => TimeProvider.System.GetElapsedTime(Interlocked.Read(ref _began)).TotalSeconds;

    public static async Task<SyntheticRuntime> StartAsync(string path, int containers, int startsPerSecond, bool tellsEvents)
    {
        var runtime = new SyntheticRuntime(path, containers, startsPerSecond, tellsEvents);
        await runtime._application.StartAsync();
        using (var kubelet = new CriClient(path))
        {
            // A node's runtime has answered before: its first answer, which includes compilation, must not count.
            _ = kubelet.TryVersion();
            _ = kubelet.ListContainers();
        }

        Interlocked.Exchange(ref runtime._calls, 0);
        return runtime;
    }

    /// <summary>The node's first container starts now.</summary>
    public void Begin() => Interlocked.Exchange(ref _began, TimeProvider.System.GetTimestamp());

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static string IdOf(int n) => string.Concat(Enumerable.Repeat($"{n:x8}", 8));

    private static Dictionary<string, string> LabelsOf(int n) => new()
    {
        ["io.kubernetes.pod.name"] = $"pod-{n}",
        ["io.kubernetes.pod.namespace"] = "load",
        ["io.kubernetes.pod.uid"] = $"{n:x8}-0000-4000-8000-{n:x8}0000",
        ["io.kubernetes.container.name"] = $"main-{n}",
    };

    private IEnumerable<int> Present()
    {
        var ended = (int)(Math.Max(0, Elapsed - Margin.TotalSeconds) * _startsPerSecond);
        var started = _containers + (int)((Elapsed + Margin.TotalSeconds) * _startsPerSecond);
        return Enumerable.Range(ended, started - ended);
    }

    private sealed class Service(SyntheticRuntime runtime) : RuntimeService.RuntimeServiceBase
    {
        public override async Task<VersionResponse> Version(VersionRequest request, ServerCallContext context)
        {
            await Called(context);
            return new VersionResponse { RuntimeName = "cri-o", RuntimeVersion = runtime._tellsEvents ? "1.31.0" : "1.20.0" };
        }

        public override async Task<ListContainersResponse> ListContainers(ListContainersRequest request, ServerCallContext context)
        {
            await Called(context);
            var answer = new ListContainersResponse();
            foreach (var n in runtime.Present())
            {
                if (request.Filter is not { Id.Length: > 0 } filter || filter.Id == IdOf(n))
                {
                    var container = new Container { Id = IdOf(n), Metadata = new ContainerMetadata { Name = $"main-{n}" }, ImageRef = "registry.example/load:1" };
                    container.Labels.Add(LabelsOf(n));
                    answer.Containers.Add(container);
                }
            }

            return answer;
        }

        public override async Task<ListPodSandboxResponse> ListPodSandbox(ListPodSandboxRequest request, ServerCallContext context)
        {
            await Called(context);
            return new ListPodSandboxResponse();
        }

        public override async Task GetContainerEvents(GetEventsRequest request, IServerStreamWriter<ContainerEventResponse> responseStream, ServerCallContext context)
        {
            await Called(context);
            if (!runtime._tellsEvents)
            {
                throw new RpcException(new Status(StatusCode.Unimplemented, "method GetContainerEvents not implemented"));
            }

            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            var told = runtime.Present().Last() + 1;
            while (await tick.WaitForNextTickAsync(context.CancellationToken))
            {
                for (var last = runtime.Present().Last(); told <= last; told++)
                {
                    var status = new ContainerStatus { Id = IdOf(told), Metadata = new ContainerMetadata { Name = $"main-{told}" }, ImageRef = "registry.example/load:1" };
                    status.Labels.Add(LabelsOf(told));
                    await responseStream.WriteAsync(
                        new ContainerEventResponse { ContainerId = status.Id, ContainerEventType = ContainerEventType.ContainerCreatedEvent, ContainersStatuses = { status } },
                        context.CancellationToken);
                }
            }
        }

        private Task Called(ServerCallContext context)
        {
            Interlocked.Increment(ref runtime._calls);
            return Task.Delay(Latency, context.CancellationToken);
        }
    }
}
