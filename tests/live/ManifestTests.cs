using k8s;
using k8s.Models;
using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The output of ops/kubernetes without a cluster: parsed strictly, and checked against the Pod Security Standards.</summary>
[Trait("suite", "offline")]
public sealed class ManifestTests
{
    // What a node agent can't do without: three capabilities, the node's processes, its cgroups, its runtime's socket, two persistent
    // folders.
    private static readonly string[] Always =
    [
        "baseline: capabilities: BPF", "baseline: capabilities: NET_ADMIN", "baseline: capabilities: PERFMON",
        "baseline: host namespaces: hostPID", "baseline: hostPath volumes: /sys/fs/bpf", "baseline: hostPath volumes: /sys/fs/cgroup", "baseline: hostPath volumes: /var/lib/netmon",
        "restricted: capabilities: BPF", "restricted: capabilities: NET_ADMIN", "restricted: capabilities: PERFMON",
        "restricted: volume types: bpf", "restricted: volume types: captures", "restricted: volume types: cgroup", "restricted: volume types: runtime",
    ];

    private static readonly string[] AsRoot = ["restricted: running as non-root", "restricted: running as non-root user"];

    public static TheoryData<string> Overlays() => [.. Directory.GetDirectories(Path.Combine(Repository.Root, "ops/kubernetes/overlays")).Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [MemberData(nameof(Overlays))]
    public void An_overlay_passes_strict_parsing_and_is_complete(string overlay)
    {
        Needs.Program("kubectl");
        var manifest = Manifest.OfOverlay(overlay);
        Assert.Equal(["DaemonSet", "Namespace", "PriorityClass", "ServiceAccount"], manifest.Objects.Cast<IKubernetesObject>().Select(o => o.Kind).Order(StringComparer.Ordinal));
        Assert.All(manifest.Objects.OfType<IMetadata<V1ObjectMeta>>().Where(o => o is V1DaemonSet or V1ServiceAccount), o => Assert.Equal("network-monitoring", o.Metadata.NamespaceProperty));
        var set = manifest.Objects.OfType<V1DaemonSet>().Single();
        // The selector is immutable, so it stays as in version 0.1.
        Assert.Equal(new Dictionary<string, string> { ["app"] = "ebpf-netmon" }, set.Spec.Selector.MatchLabels);
        Assert.All(manifest.Objects.OfType<IMetadata<V1ObjectMeta>>().Select(o => o.Metadata).Append(set.Spec.Template.Metadata), metadata => Assert.Equal("netmon", metadata.Labels["app.kubernetes.io/name"]));
        Assert.Equal("ebpf-netmon", set.Spec.Template.Metadata.Labels["app"]);
        Assert.Equal(["netmon", "query"], manifest.Pod.Containers.Select(container => container.Name)); // kubectl exec and logs use the first one
        Assert.All(manifest.Pod.Containers.SelectMany(container => container.VolumeMounts), mount => Assert.Contains(manifest.Pod.Volumes, volume => volume.Name == mount.Name));
        Assert.All(manifest.Query.VolumeMounts.Where(mount => mount.Name != "spill"), mount => Assert.True(mount.ReadOnlyProperty));
        var ask = manifest.Query.SecurityContext;
        Assert.Equal(["ALL"], ask.Capabilities.Drop);
        Assert.Null(ask.Capabilities.Add);
        Assert.Equal((false, false, true), (ask.Privileged, ask.AllowPrivilegeEscalation, ask.ReadOnlyRootFilesystem));
        Assert.Equal(manifest.Container.SecurityContext.RunAsUser, manifest.Query.SecurityContext.RunAsUser); // the user that may read the captures
        // An agent that hangs can't drain.
        Assert.Equal(10, manifest.Container.LivenessProbe.TerminationGracePeriodSeconds);
        Assert.All(manifest.Container.VolumeMounts.Where(mount => mount.Name is "cgroup" or "runtime"), mount => Assert.True(mount.ReadOnlyProperty));
        Assert.True(manifest.Container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(manifest.Pod.AutomountServiceAccountToken);
        // The agent would ignore an unknown variable.
        var help = Shell.Run(Repository.Agent, "run", "--help").MustSucceed().Output;
        Assert.All(manifest.Container.Env.Where(env => env.Name.StartsWith("NETMON_", StringComparison.Ordinal)), env => Assert.Contains($"[{env.Name}]", help, StringComparison.Ordinal));
        Assert.Equal(manifest.Container.Args, ["run"]);
        // A crowd at the metrics port can't get the agent killed.
        Assert.All(
            (V1Probe[])[manifest.Container.LivenessProbe, manifest.Container.ReadinessProbe, manifest.Container.StartupProbe],
            probe => Assert.Equal(("health", overlay == "privileged" ? "127.0.0.1" : null), (probe.HttpGet.Port.Value, probe.HttpGet.Host)));
    }

    [Theory]
    [InlineData("bare-metal")]
    [InlineData("eks")]
    [InlineData("gke")]
    public void The_agent_violates_only_the_documented_pod_security_rules(string overlay) =>
        AssertBreaks(overlay, [.. Always, .. AsRoot, "baseline: hostPath volumes: /run/containerd"]);

    [Fact]
    public void On_k3s_only_the_socket_differs() => AssertBreaks("k3s", [.. Always, .. AsRoot, "baseline: hostPath volumes: /run/k3s/containerd"]);

    [Fact]
    public void The_non_root_variant_needs_privilege_escalation_instead_of_root() =>
        AssertBreaks("non-root", [.. Always, "restricted: privilege escalation", "baseline: hostPath volumes: /run/containerd"]);

    [Fact]
    public void The_privileged_variant_violates_the_listed_rules() => AssertBreaks(
        "privileged",
        [
            .. AsRoot, "baseline: privileged containers", "baseline: capabilities: ALL", "restricted: capabilities: ALL", "restricted: capabilities: not all dropped",
            "baseline: host namespaces: hostNetwork", "baseline: host namespaces: hostPID", "baseline: seccomp: Unconfined", "restricted: seccomp", "restricted: privilege escalation",
            "baseline: hostPath volumes: /sys/fs/bpf", "baseline: hostPath volumes: /sys/fs/cgroup", "baseline: hostPath volumes: /var/lib/netmon", "baseline: hostPath volumes: /run/containerd", "baseline: hostPath volumes: /sys/kernel/tracing",
            "restricted: volume types: bpf", "restricted: volume types: captures", "restricted: volume types: cgroup", "restricted: volume types: runtime", "restricted: volume types: tracing",
        ]);

    [Fact]
    public void The_component_without_query_removes_the_container_and_its_volume()
    {
        var manifest = WithComponent("without-query");
        Assert.Equal("netmon", Assert.Single(manifest.Pod.Containers).Name);
        Assert.DoesNotContain(manifest.Pod.Volumes, volume => volume.Name == "spill");
    }

    [Fact]
    public void A_custom_kustomization_can_set_the_images()
    {
        var manifest = Built("resources: [OPS/overlays/bare-metal]\nimages:\n  - name: netmon\n    newName: registry.example.org/team/netmon\n    newTag: v1\n  - name: netmon-query\n    newName: registry.example.org/team/netmon-query\n    newTag: v1\n");
        Assert.Equal(["registry.example.org/team/netmon:v1", "registry.example.org/team/netmon-query:v1"], manifest.Pod.Containers.Select(container => container.Image));
    }

    /// <summary>An overlay with a component, as a user's own kustomization includes them.</summary>
    internal static Manifest WithComponent(string component) => Built($"resources: [OPS/overlays/bare-metal]\ncomponents: [OPS/components/{component}]\n");

    private static Manifest Built(string kustomization)
    {
        Needs.Program("kubectl");
        using var scratch = new Scratch();
        File.WriteAllText(scratch["kustomization.yaml"], kustomization.Replace("OPS", Path.GetRelativePath(scratch.Path, Path.Combine(Repository.Root, "ops/kubernetes")), StringComparison.Ordinal));
        return Manifest.Of(Shell.Run("kubectl", "kustomize", "--load-restrictor", "LoadRestrictionsNone", scratch.Path).MustSucceed().Output);
    }

    [Theory]
    [InlineData("hostPID: true", "hostPIDD: true")]
    [InlineData("hostPID: true", "hostPID: 7x")]
    public void Strict_parsing_finds_a_wrong_name_and_a_wrong_type(string right, string wrong)
    {
        const string Template = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  LINE\n  containers:\n  - name: c\n    image: i\n";
        KubernetesYaml.LoadAllFromString(Template.Replace("LINE", right, StringComparison.Ordinal), null, strict: true);
        Assert.ThrowsAny<YamlDotNet.Core.YamlException>(() => KubernetesYaml.LoadAllFromString(Template.Replace("LINE", wrong, StringComparison.Ordinal), null, strict: true));
    }

    private static void AssertBreaks(string overlay, string[] rules)
    {
        Needs.Program("kubectl");
        Assert.Equal(rules.Order(StringComparer.Ordinal), PodSecurityStandards.BrokenBy(Manifest.OfOverlay(overlay).Pod));
    }
}
