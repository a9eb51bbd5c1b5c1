using Grpc.Core;
using NetMon.Enrichment.Runtimes.Cri.Wire.Containerd;

namespace NetMon.UnitTests.Enrichment.Runtimes;

internal sealed class ContainerdContainerService(CriScript script) : Containers.ContainersBase
{
    public override Task<ListContainersResponse> List(ListContainersRequest request, ServerCallContext context)
    {
        script.Calls.Enqueue($"List {context.RequestHeaders.GetValue("containerd-namespace")} {string.Join(' ', request.Filters)}");
        var answer = new ListContainersResponse();
        foreach (var (id, (image, labels)) in script.Made.Where(made => request.Filters.Contains($"id==\"{made.Key}\"") || request.Filters.Any(filter => IsSandboxOf(made.Value.Labels, filter))))
        {
            var container = new Container { Id = id, Image = image };
            container.Labels.Add(labels);
            answer.Containers.Add(container);
        }

        return Task.FromResult(answer);
    }

    private static bool IsSandboxOf(Dictionary<string, string> labels, string filter) =>
        labels.GetValueOrDefault("io.cri-containerd.kind") == "sandbox"
        && filter == $"labels.\"io.kubernetes.pod.uid\"==\"{labels.GetValueOrDefault("io.kubernetes.pod.uid")}\",labels.\"io.cri-containerd.kind\"==sandbox";
}
