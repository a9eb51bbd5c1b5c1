using k8s;
using k8s.Models;
using NetMon.LiveTests.Support.Containers.Cri;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>A DaemonSet of ops/kubernetes as kubectl's kustomize makes it, and what kubelet would make of its pod.</summary>
internal sealed class Manifest
{
    private readonly V1PodSpec _pod;

    private Manifest(IReadOnlyList<object> objects)
    {
        Objects = objects;
        _pod = objects.OfType<V1DaemonSet>().Single().Spec.Template.Spec;
    }

    /// <summary>All objects, read strictly: an unknown field or a wrong type throws.</summary>
    public IReadOnlyList<object> Objects { get; }

    public V1PodSpec Pod => _pod;

    public V1Container Container => _pod.Containers.Single();

    public static Manifest OfOverlay(string name) => Of(Shell.Run("kubectl", "kustomize", Path.Combine(Repository.Root, "ops/kubernetes/overlays", name)).MustSucceed().Output);

    public static Manifest Of(string yaml) => new([.. KubernetesYaml.LoadAllFromString(yaml, null, strict: true)]);

    /// <summary>The container, with the image and with other folders for the node's own.</summary>
    /// <param name="image">In place of the manifest's.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="folders">By the path on the node that the manifest has.</param>
    public ContainerConfig ToContainer(string image, string node, IReadOnlyDictionary<string, string> folders)
    {
        var security = Container.SecurityContext;
        var paths = _pod.Volumes.ToDictionary(volume => volume.Name, volume => volume.HostPath.Path);
        return new ContainerConfig
        {
            Image = new ImageSpec { Image = image },
            Args = { Container.Args },
            Envs = { Container.Env.Select(env => new KeyValue { Key = env.Name, Value = env.Value ?? (env.ValueFrom.FieldRef.FieldPath == "spec.nodeName" ? node : throw new NotSupportedException(env.Name)) }) },
            Mounts =
            {
                Container.VolumeMounts.Select(mount => new Mount
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
                    CpuQuota = (long)(Container.Resources.Limits["cpu"].ToDecimal() * 100_000),
                    CpuShares = (long)(Container.Resources.Requests["cpu"].ToDecimal() * 1024),
                    MemoryLimitInBytes = (long)Container.Resources.Limits["memory"].ToDecimal(),
                },
                SecurityContext = new LinuxContainerSecurityContext
                {
                    Capabilities = new Capability { AddCapabilities = { security.Capabilities.Add }, DropCapabilities = { security.Capabilities.Drop ?? [] } },
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
