using k8s;
using k8s.Models;
using NetMon.LiveTests.Support.Containers.Cri;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>A DaemonSet of ops/kubernetes as kubectl's kustomize renders it, and kubelet's version of its pod.</summary>
internal sealed class Manifest
{
    private readonly V1PodSpec _pod;

    private Manifest(IReadOnlyList<object> objects)
    {
        Objects = objects;
        _pod = objects.OfType<V1DaemonSet>().Single().Spec.Template.Spec;
    }

    /// <summary>All objects, parsed strictly: an unknown field or a wrong type throws.</summary>
    public IReadOnlyList<object> Objects { get; }

    public V1PodSpec Pod => _pod;

    /// <summary>The agent's container.</summary>
    public V1Container Container => ContainerOf("netmon");

    /// <summary>The container that answers questions.</summary>
    public V1Container Query => ContainerOf("query");

    private V1Container ContainerOf(string name) => _pod.Containers.Single(container => container.Name == name);

    public static Manifest OfOverlay(string name) => Of(Shell.Run("kubectl", "kustomize", Path.Combine(Repository.Root, "ops/kubernetes/overlays", name)).MustSucceed().Output);

    public static Manifest Of(string yaml) => new([.. KubernetesYaml.LoadAllFromString(yaml, null, strict: true)]);

    /// <summary>A container of the pod, with this image and with substitutes for the node's folders.</summary>
    /// <param name="container">The container.</param>
    /// <param name="image">Replaces the manifest's image.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="folders">Keyed by the manifest's path on the node.</param>
    public ContainerConfig ToContainer(V1Container container, string image, string node, IReadOnlyDictionary<string, string> folders)
    {
        var security = container.SecurityContext;
        // kubelet backs an emptyDir with a folder of the node; the caller names it by the volume's name.
        var paths = _pod.Volumes.ToDictionary(volume => volume.Name, volume => volume.HostPath?.Path ?? volume.Name);
        return new ContainerConfig
        {
            Image = new ImageSpec { Image = image },
            Args = { container.Args ?? [] },
            Envs = { container.Env.Select(env => new KeyValue { Key = env.Name, Value = env.Value ?? (env.ValueFrom.FieldRef.FieldPath == "spec.nodeName" ? node : throw new NotSupportedException(env.Name)) }) },
            Mounts =
            {
                container.VolumeMounts.Select(mount => new Mount
                {
                    ContainerPath = mount.MountPath,
                    HostPath = folders.GetValueOrDefault(paths[mount.Name], paths[mount.Name]),
                    Readonly = mount.ReadOnlyProperty == true,
                    Propagation = mount.MountPropagation == "HostToContainer" ? MountPropagation.PropagationHostToContainer : MountPropagation.PropagationPrivate,
                }),
            },
            Linux = new LinuxContainerConfig
            {
                Resources = new LinuxContainerResources
                {
                    CpuPeriod = 100_000,
                    CpuQuota = (long)(container.Resources.Limits["cpu"].ToDecimal() * 100_000),
                    CpuShares = Math.Max(2, (long)(container.Resources.Requests["cpu"].ToDecimal() * 1024)), // like kubelet: the kernel's minimum is 2
                    MemoryLimitInBytes = (long)container.Resources.Limits["memory"].ToDecimal(),
                },
                SecurityContext = new LinuxContainerSecurityContext
                {
                    Capabilities = new Capability { AddCapabilities = { security.Capabilities.Add ?? [] }, DropCapabilities = { security.Capabilities.Drop ?? [] } },
                    Privileged = security.Privileged == true,
                    RunAsUser = new Int64Value { Value = security.RunAsUser!.Value },
                    RunAsGroup = new Int64Value { Value = security.RunAsGroup!.Value },
                    SupplementalGroups = { (_pod.SecurityContext.SupplementalGroups ?? []).OfType<long>() },
                    ReadonlyRootfs = security.ReadOnlyRootFilesystem == true,
                    NoNewPrivs = security.AllowPrivilegeEscalation == false,
                    Seccomp = new SecurityProfile
                    {
                        ProfileType = _pod.SecurityContext.SeccompProfile.Type == "RuntimeDefault" ? SecurityProfile.Types.ProfileType.RuntimeDefault : SecurityProfile.Types.ProfileType.Unconfined,
                    },
                },
            },
        };
    }
}
