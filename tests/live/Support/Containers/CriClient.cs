using System.Net.Sockets;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using NetMon.LiveTests.Support.Containers.Cri;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>Drives a runtime as kubelet does, over its socket.</summary>
internal sealed class CriClient : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly RuntimeService.RuntimeServiceClient _runtime;

    public CriClient(string socket)
    {
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler { ConnectCallback = (_, stop) => ConnectAsync(socket, stop) },
        });
        _runtime = new RuntimeService.RuntimeServiceClient(_channel);
    }

    private static CallOptions Options => new(deadline: DateTime.UtcNow + Patience.Limit);

    /// <summary>"containerd 1.6.20", or null until it answers.</summary>
    public string? TryVersion()
    {
        try
        {
            var answer = _runtime.Version(new VersionRequest(), Options);
            return $"{answer.RuntimeName} {answer.RuntimeVersion}";
        }
        catch (RpcException)
        {
            return null;
        }
    }

    public string RunPodSandbox(PodSandboxConfig config, string handler) =>
        _runtime.RunPodSandbox(new RunPodSandboxRequest { Config = config, RuntimeHandler = handler }, Options).PodSandboxId;

    public void StopPodSandbox(string id) => _runtime.StopPodSandbox(new PodSandboxRequest { PodSandboxId = id }, Options);

    public void RemovePodSandbox(string id) => _runtime.RemovePodSandbox(new PodSandboxRequest { PodSandboxId = id }, Options);

    public IReadOnlyList<PodSandbox> ListPodSandbox() => _runtime.ListPodSandbox(new Nothing(), Options).Items;

    public string CreateContainer(string sandbox, ContainerConfig config, PodSandboxConfig pod) =>
        _runtime.CreateContainer(new CreateContainerRequest { PodSandboxId = sandbox, Config = config, SandboxConfig = pod }, Options).ContainerId;

    public void StartContainer(string id) => _runtime.StartContainer(new ContainerRequest { ContainerId = id }, Options);

    /// <summary>Sends SIGTERM, and SIGKILL after this many seconds; by default at once.</summary>
    public void StopContainer(string id, int grace = 0) => _runtime.StopContainer(new StopContainerRequest { ContainerId = id, Timeout = grace }, Options);

    public void RemoveContainer(string id) => _runtime.RemoveContainer(new ContainerRequest { ContainerId = id }, Options);

    public IReadOnlyList<Container> ListContainers() => _runtime.ListContainers(new Nothing(), Options).Containers;

    public ContainerStatus ContainerStatus(string id) => _runtime.ContainerStatus(new ContainerStatusRequest { ContainerId = id }, Options).Status;

    /// <summary>The pid of a container's first process; only the verbose status has it, as JSON text.</summary>
    public int PidOf(string id)
    {
        using var info = JsonDocument.Parse(_runtime.ContainerStatus(new ContainerStatusRequest { ContainerId = id, Verbose = true }, Options).Info["info"]);
        return info.RootElement.GetProperty("pid").GetInt32();
    }

    public void Dispose() => _channel.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
