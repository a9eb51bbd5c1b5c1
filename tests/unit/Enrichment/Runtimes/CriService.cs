using Grpc.Core;
using NetMon.Enrichment.Runtimes.Cri.Wire;

namespace NetMon.UnitTests.Enrichment.Runtimes;

internal sealed class CriService(CriScript script) : RuntimeService.RuntimeServiceBase
{
    public override Task<VersionResponse> Version(VersionRequest request, ServerCallContext context)
    {
        script.Calls.Enqueue("Version");
        return Task.FromResult(new VersionResponse { RuntimeName = script.Name, RuntimeVersion = script.Version });
    }

    public override Task<ListContainersResponse> ListContainers(ListContainersRequest request, ServerCallContext context)
    {
        var id = request.Filter?.Id ?? "";
        script.Calls.Enqueue($"ListContainers {id}".Trim());
        return Task.FromResult(new ListContainersResponse { Containers = { script.Containers.Where(c => id.Length == 0 || c.Id == id) } });
    }

    public override Task<ListPodSandboxResponse> ListPodSandbox(ListPodSandboxRequest request, ServerCallContext context)
    {
        var id = request.Filter?.Id ?? "";
        script.Calls.Enqueue($"ListPodSandbox {id}".Trim());
        return Task.FromResult(new ListPodSandboxResponse { Items = { script.Sandboxes.Where(s => id.Length == 0 || s.Id == id) } });
    }

    public override Task<PodSandboxStatusResponse> PodSandboxStatus(PodSandboxStatusRequest request, ServerCallContext context)
    {
        script.Calls.Enqueue($"PodSandboxStatus {request.PodSandboxId}");
        if (script.Failing.GetValueOrDefault(request.PodSandboxId) is > 0 and var times)
        {
            script.Failing[request.PodSandboxId] = times - 1;
            throw new RpcException(new Status(StatusCode.Unknown, "network plugin not ready"));
        }

        return script.Statuses.TryGetValue(request.PodSandboxId, out var status)
            ? Task.FromResult(new PodSandboxStatusResponse { Status = status })
            : throw new RpcException(new Status(StatusCode.NotFound, "no such sandbox"));
    }

    public override async Task GetContainerEvents(
        GetEventsRequest request, IServerStreamWriter<ContainerEventResponse> responseStream, ServerCallContext context)
    {
        script.Calls.Enqueue("GetContainerEvents");
        if (script.CriEvents is null)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, "method GetContainerEvents not implemented"));
        }

        await foreach (var told in script.CriEvents.Reader.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(told, context.CancellationToken);
        }
    }
}
