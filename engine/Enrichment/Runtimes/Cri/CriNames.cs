using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.Enrichment.Workloads;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>Reads names from CRI messages.</summary>
internal static class CriNames
{
    /// <summary>The label that distinguishes sandboxes from containers in containerd's own list.</summary>
    public const string ContainerdKind = "io.cri-containerd.kind";

    /// <summary>Its value for a sandbox.</summary>
    public const string SandboxKind = "sandbox";

    /// <summary>Returns the identity of a listed container.</summary>
    public static ContainerIdentity Of(Container container) =>
        PodLabels.Identity(
            container.Id,
            container.Labels,
            Or(container.Metadata?.Name, container.Labels.Label(PodLabels.ContainerName)),
            Image(container.Image, container.ImageRef));

    /// <summary>Returns the identity of a container in an event.</summary>
    public static ContainerIdentity Of(ContainerStatus status) =>
        PodLabels.Identity(
            status.Id,
            status.Labels,
            Or(status.Metadata?.Name, status.Labels.Label(PodLabels.ContainerName)),
            Image(status.Image, status.ImageRef));

    /// <summary>Returns the identity of a container in containerd's own list.</summary>
    public static ContainerIdentity Of(Wire.Containerd.Container container) =>
        PodLabels.Identity(container.Id, container.Labels, container.Labels.Label(PodLabels.ContainerName), container.Image);

    /// <summary>Whether an entry of containerd's own list is a pod's sandbox.</summary>
    public static bool IsSandbox(Wire.Containerd.Container container) => container.Labels.Label(ContainerdKind) == SandboxKind;

    /// <summary>Returns the identity of a pod's sandbox.</summary>
    public static ContainerIdentity Sandbox(string id, PodFacts facts) =>
        facts.Give(new ContainerIdentity(PodLabels.IdOrNone(id), facts.Pod.Name, facts.Pod.Namespace, PodUid: facts.Pod.Uid));

    /// <summary>Returns the pod of a sandbox.</summary>
    public static PodName Pod(PodSandboxMetadata? metadata, IDictionary<string, string> labels) =>
        new(
            Or(PodLabels.Bounded(metadata?.Namespace), labels.Label(PodLabels.PodNamespace)),
            Or(PodLabels.Bounded(metadata?.Name), labels.Label(PodLabels.PodName)),
            Or(PodLabels.Bounded(metadata?.Uid), labels.Label(PodLabels.PodUid)));

    /// <summary>Kubelet creates containers by image id; since CRI 1.27 a separate field has the name that the user specified.</summary>
    private static string Image(ImageSpec? image, string reference) => Or(Or(image?.UserSpecifiedImage, image?.Image), reference);

    private static string Or(string? text, string? otherwise) => string.IsNullOrEmpty(text) ? otherwise ?? "" : text;
}
