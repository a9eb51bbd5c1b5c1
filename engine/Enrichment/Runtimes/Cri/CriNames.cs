using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>Names out of CRI's messages.</summary>
internal static class CriNames
{
    private const string ContainerdKind = "io.cri-containerd.kind";

    /// <summary>A container of a list.</summary>
    public static ContainerIdentity Of(Container container) =>
        PodLabels.Identity(
            container.Id,
            container.Labels,
            Or(container.Metadata?.Name, container.Labels.Label(PodLabels.ContainerName)),
            Image(container.Image, container.ImageRef));

    /// <summary>A container of an event.</summary>
    public static ContainerIdentity Of(ContainerStatus status) =>
        PodLabels.Identity(
            status.Id,
            status.Labels,
            Or(status.Metadata?.Name, status.Labels.Label(PodLabels.ContainerName)),
            Image(status.Image, status.ImageRef));

    /// <summary>A container, or a pod's sandbox, of containerd's own list.</summary>
    public static ContainerIdentity Of(Wire.Containerd.Container container) =>
        container.Labels.Label(ContainerdKind) == "sandbox"
            ? PodLabels.Identity(container.Id, container.Labels, "", "")
            : PodLabels.Identity(container.Id, container.Labels, container.Labels.Label(PodLabels.ContainerName), container.Image);

    /// <summary>A pod's sandbox of a list.</summary>
    public static ContainerIdentity Of(PodSandbox sandbox) => Sandbox(sandbox.Id, sandbox.Metadata, sandbox.Labels);

    /// <summary>A pod's sandbox of an event.</summary>
    public static ContainerIdentity Of(PodSandboxStatus status) => Sandbox(status.Id, status.Metadata, status.Labels);

    private static ContainerIdentity Sandbox(string id, PodSandboxMetadata? metadata, IDictionary<string, string> labels) =>
        new(
            PodLabels.IdOrNone(id),
            Or(PodLabels.Bounded(metadata?.Name), labels.Label(PodLabels.PodName)),
            Or(PodLabels.Bounded(metadata?.Namespace), labels.Label(PodLabels.PodNamespace)),
            PodUid: Or(PodLabels.Bounded(metadata?.Uid), labels.Label(PodLabels.PodUid)));

    /// <summary>Kubelet creates by image id; the name that a person wrote is in a field of its own since CRI 1.27.</summary>
    private static string Image(ImageSpec? image, string reference) => Or(Or(image?.UserSpecifiedImage, image?.Image), reference);

    private static string Or(string? text, string? otherwise) => string.IsNullOrEmpty(text) ? otherwise ?? "" : text;
}
