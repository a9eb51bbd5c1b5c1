using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;
using YamlDotNet.Serialization;

namespace NetMon.LiveTests;

/// <summary>
/// ops/helm without a cluster: rendered by helm, parsed strictly, and compared with kustomize's output for ops/kubernetes.
/// </summary>
[Trait("suite", "offline")]
public sealed class ChartTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static string ValuesOf(string overlay) => Path.Combine(Chart.Folder, "values", $"{overlay}.yaml");

    [Theory]
    [MemberData(nameof(ManifestTests.Overlays), MemberType = typeof(ManifestTests))]
    public void With_the_values_of_an_overlay_the_chart_equals_the_overlay(string overlay)
    {
        Needs.Program("kubectl");
        AssertSame(Manifest.OfOverlay(overlay), Manifest.Of(Chart.Render("--values", ValuesOf(overlay)).MustSucceed().Output));
    }

    [Fact]
    public void The_default_chart_equals_the_bare_metal_overlay()
    {
        Needs.Program("kubectl");
        AssertSame(Manifest.OfOverlay("bare-metal"), Manifest.Of(Chart.Render().MustSucceed().Output));
    }

    [Fact]
    public void Each_overlay_has_a_values_file_and_there_are_no_others() => Assert.Equal(
        ManifestTests.Overlays().Select(row => row.Data),
        Directory.GetFiles(Path.Combine(Chart.Folder, "values")).Select(path => Path.GetFileNameWithoutExtension(path)!).Order());

    [Fact]
    public void Helm_lint_passes() => Chart.Helm("lint", "--strict", Chart.Folder).MustSucceed();

    [Fact]
    public void Every_value_has_its_effect()
    {
        var digest = "sha256:" + new string('a', 64);
        var manifest = Manifest.Of(Chart.Render(
            "--set", $"name=watch,image.repository=registry.example.org/team/netmon,image.digest={digest},image.pullPolicy=Always,imagePullSecrets[0].name=pull",
            "--set", "runtime.directory=/run/crio,runtime.endpoint=cri:///run/crio/crio.sock,metrics.port=9100,health.port=9101,metrics.annotations=false,metrics.workloads=20",
            "--set", "capture.hostPath=/srv/netmon,capture.durableWithin=2s,capture.retainFor=2d,capture.retainRollups=90d,capture.retainBytes=20GiB,capture.keepFree=7%,state.hostPath=/sys/fs/bpf/netmon",
            "--set", "resources.limits.memory=256Mi,extraArgs={--ring-memory=16},extraEnv[0].name=NETMON_SPINE,extraEnv[0].value=tracepoint",
            "--set", "priorityClass.create=false,priorityClass.name=system-node-critical,serviceAccount.create=false,serviceAccount.name=other",
            "--set", "eventPodLabels={app.kubernetes.io/name,team},podLabels.team=net,podAnnotations.note=x,nodeSelector.pool=a,tolerations=null,terminationGracePeriodSeconds=90",
            "--set", $"query.repository=registry.example.org/team/asker,query.digest={digest},query.spill=1Gi,query.resources.limits.memory=2Gi",
            "--set", "updateStrategy.rollingUpdate.maxUnavailable=1").MustSucceed().Output);
        var set = Assert.Single(manifest.Objects.OfType<V1DaemonSet>());
        Assert.Equal(manifest.Objects, [set]);
        Assert.Equal("watch", set.Metadata.Name);
        Assert.Equal(new Dictionary<string, string> { ["app"] = "watch" }, set.Spec.Selector.MatchLabels);
        Assert.Equal(
            new Dictionary<string, string> { ["app"] = "watch", ["team"] = "net", ["app.kubernetes.io/name"] = "netmon", ["app.kubernetes.io/component"] = "agent", ["app.kubernetes.io/part-of"] = "netmon" },
            set.Spec.Template.Metadata.Labels);
        Assert.Equal(new Dictionary<string, string> { ["note"] = "x" }, set.Spec.Template.Metadata.Annotations);
        Assert.Equal("1", set.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable.Value);
        var (pod, container) = (manifest.Pod, manifest.Container);
        Assert.Equal(("system-node-critical", "other", 90L), (pod.PriorityClassName, pod.ServiceAccountName, pod.TerminationGracePeriodSeconds));
        Assert.Equal("pull", Assert.Single(pod.ImagePullSecrets).Name);
        Assert.Equal("a", pod.NodeSelector["pool"]);
        Assert.Null(pod.Tolerations);
        Assert.Equal(($"registry.example.org/team/netmon@{digest}", "Always"), (container.Image, container.ImagePullPolicy));
        Assert.Equal(["run", "--ring-memory=16"], container.Args);
        Assert.Equal(($"registry.example.org/team/asker@{digest}", "Always", "2Gi"), (manifest.Query.Image, manifest.Query.ImagePullPolicy, manifest.Query.Resources.Limits["memory"].ToString()));
        Assert.Equal("1Gi", pod.Volumes.Single(volume => volume.Name == "spill").EmptyDir.SizeLimit.ToString());
        Assert.Equal("256Mi", container.Resources.Limits["memory"].ToString());
        Assert.Equal([9100, 9101], container.Ports.Select(port => port.ContainerPort));
        var variables = container.Env.Where(env => env.Value is not null).ToDictionary(env => env.Name, env => env.Value);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["NETMON_CAPTURE"] = "/captures",
                ["NETMON_DURABLE_WITHIN"] = "2s",
                ["NETMON_RETAIN_FOR"] = "2d",
                ["NETMON_RETAIN_ROLLUPS"] = "90d",
                ["NETMON_RETAIN_BYTES"] = "20GiB",
                ["NETMON_KEEP_FREE"] = "7%",
                ["NETMON_METRICS"] = ":9100",
                ["NETMON_WORKLOAD_METRICS"] = "20",
                ["NETMON_HEALTH"] = ":9101",
                ["NETMON_RUNTIME_ENDPOINT"] = "cri:///run/crio/crio.sock",
                ["NETMON_POD_LABELS"] = "app.kubernetes.io/name,team",
                ["NETMON_SPINE"] = "tracepoint",
            },
            variables);
        Assert.Equal("/srv/netmon", pod.Volumes.Single(volume => volume.Name == "captures").HostPath.Path);
        Assert.Equal("/sys/fs/bpf/netmon", pod.Volumes.Single(volume => volume.Name == "bpf").HostPath.Path);
        Assert.Equal("/sys/fs/bpf", container.VolumeMounts.Single(mount => mount.Name == "bpf").MountPath);
        Assert.Equal("/run/crio", pod.Volumes.Single(volume => volume.Name == "runtime").HostPath.Path);
        Assert.Equal("/run/crio", container.VolumeMounts.Single(mount => mount.Name == "runtime").MountPath);
        // The agent would ignore an unknown variable, and exit on an invalid value.
        var started = Shell.Run("env", [.. variables.Where(v => v.Key is not "NETMON_CAPTURE" and not "NETMON_METRICS" and not "NETMON_HEALTH").Select(v => $"{v.Key}={v.Value}"), Repository.Agent, "run", "--source", "synthetic:count=1", "--json", "none", "--metrics", "127.0.0.1:0", .. container.Args.Skip(1)]);
        Assert.True(started.ExitCode == 0, started.Error);
        var help = Shell.Run(Repository.Agent, "run", "--help").MustSucceed().Output;
        Assert.All(variables.Keys, name => Assert.Contains($"[{name}]", help, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_captures_or_a_runtime_their_volumes_are_absent()
    {
        var manifest = Manifest.Of(Chart.Render("--set", "capture.hostPath=,runtime.directory=,state.hostPath=").MustSucceed().Output);
        Assert.Equal("cgroup", Assert.Single(manifest.Pod.Volumes).Name);
        Assert.Equal("cgroup", Assert.Single(manifest.Container.VolumeMounts).Name);
        Assert.DoesNotContain(manifest.Container.Env, env => env.Name == "NETMON_CAPTURE");
    }

    [Fact]
    public void The_query_container_is_optional_and_absent_without_captures() => Assert.All(
        (string[])["query.enabled=false", "capture.hostPath="],
        value =>
        {
            var pod = Manifest.Of(Chart.Render("--set", value).MustSucceed().Output).Pod;
            Assert.Equal("netmon", Assert.Single(pod.Containers).Name);
            Assert.DoesNotContain(pod.Volumes, volume => volume.Name == "spill");
        });

    [Fact]
    public void Another_priority_creates_another_class_because_classes_are_immutable()
    {
        var manifest = Manifest.Of(Chart.Render("--set", "priorityClass.value=2000000").MustSucceed().Output);
        var created = Assert.Single(manifest.Objects.OfType<V1PriorityClass>());
        Assert.Equal(("ebpf-netmon-2000000", 2000000, "ebpf-netmon-2000000"), (created.Metadata.Name, created.Value, manifest.Pod.PriorityClassName));
    }

    [Fact]
    public void The_notes_name_the_running_version()
    {
        var notes = Chart.Helm("install", "netmon", Chart.Folder, "--dry-run=client", "--set", "image.tag=v7.7").MustSucceed().Output.Split("NOTES:")[1];
        Assert.StartsWith("\nNetMon v7.7 runs as", notes, StringComparison.Ordinal);
    }

    [Fact]
    public void The_network_policy_is_optional_and_equals_the_component()
    {
        Needs.Program("kubectl");
        Assert.DoesNotContain("NetworkPolicy", Chart.Render().MustSucceed().Output, StringComparison.Ordinal);
        var policy = PolicyOf(Manifest.Of(Chart.Render("--set", "networkPolicy.enabled=true").MustSucceed().Output));
        var component = PolicyOf(ManifestTests.WithComponent("network-policy"));
        Assert.Equal(KubernetesJson.Serialize(component.Spec), KubernetesJson.Serialize(policy.Spec));
        Assert.Equal((component.Metadata.Name, component.Metadata.NamespaceProperty), (policy.Metadata.Name, policy.Metadata.NamespaceProperty));
        // The port for metrics has a name and the port for health has none: only the node uses that.
        Assert.Equal("metrics", Assert.Single(Assert.Single(policy.Spec.Ingress).Ports).Port.Value);
        var other = PolicyOf(Manifest.Of(Chart.Render("--set", "networkPolicy.enabled=true,networkPolicy.from[0].ipBlock.cidr=10.0.0.0/8").MustSucceed().Output));
        Assert.Equal("10.0.0.0/8", Assert.Single(Assert.Single(other.Spec.Ingress).FromProperty).IpBlock.Cidr);
    }

    [Fact]
    public void Access_to_the_Kubernetes_API_is_optional_and_limited_to_list_and_watch_of_three_kinds()
    {
        Needs.Program("kubectl");
        var without = Chart.Render().MustSucceed().Output;
        Assert.DoesNotContain("ClusterRole", without, StringComparison.Ordinal);
        Assert.DoesNotContain("KUBERNETES", without, StringComparison.Ordinal);
        var chart = Manifest.Of(Chart.Render("--set", "kubernetesApi.enabled=true").MustSucceed().Output);
        using var scratch = new Scratch();
        var folder = Path.GetRelativePath(scratch.Path, Path.Combine(Repository.Root, "ops/kubernetes"));
        File.WriteAllText(scratch["kustomization.yaml"], $"resources: [{folder}/overlays/bare-metal]\ncomponents: [{folder}/components/kubernetes-api]\n");
        AssertSame(Manifest.Of(Shell.Run("kubectl", "kustomize", "--load-restrictor", "LoadRestrictionsNone", scratch.Path).MustSucceed().Output), chart);
        var rules = Assert.Single(chart.Objects.OfType<V1ClusterRole>()).Rules;
        Assert.Equal(["services", "nodes", "endpointslices"], rules.SelectMany(rule => rule.Resources));
        Assert.All(rules, rule => Assert.Equal(["list", "watch"], rule.Verbs));
        Assert.True(chart.Pod.AutomountServiceAccountToken);
        Assert.Equal("in-cluster", Assert.Single(chart.Container.Env, env => env.Name == "NETMON_KUBERNETES_API").Value);
        var help = Shell.Run(Repository.Agent, "run", "--help").MustSucceed().Output;
        Assert.Contains("[NETMON_KUBERNETES_API]", help, StringComparison.Ordinal);

        var closed = PolicyOf(Manifest.Of(Chart.Render("--set", "networkPolicy.enabled=true,networkPolicy.apiServer[0].ipBlock.cidr=192.0.2.10/32").MustSucceed().Output));
        Assert.Equal(["Ingress", "Egress"], closed.Spec.PolicyTypes);
        Assert.Empty(closed.Spec.Egress ?? []);
        var open = PolicyOf(Manifest.Of(Chart.Render("--set", "kubernetesApi.enabled=true,networkPolicy.enabled=true,networkPolicy.apiServer[0].ipBlock.cidr=192.0.2.10/32").MustSucceed().Output));
        Assert.Equal("192.0.2.10/32", Assert.Single(Assert.Single(open.Spec.Egress).To).IpBlock.Cidr);
    }

    [Fact]
    public void The_PodMonitor_is_optional_and_sets_the_job_label_of_the_alerts()
    {
        Assert.DoesNotContain("PodMonitor", Chart.Render().MustSucceed().Output, StringComparison.Ordinal);
        var monitor = Chart.Render("--show-only", "templates/pod-monitor.yaml", "--set", "podMonitor.enabled=true,podMonitor.labels.release=prometheus").MustSucceed().Output;
        var read = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(monitor);
        using var document = JsonDocument.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(read));
        var json = document.RootElement;
        Assert.Equal("prometheus", json.GetProperty("metadata").GetProperty("labels").GetProperty("release").GetString());
        Assert.Equal("ebpf-netmon", json.GetProperty("spec").GetProperty("selector").GetProperty("matchLabels").GetProperty("app").GetString());
        var endpoint = json.GetProperty("spec").GetProperty("podMetricsEndpoints")[0];
        Assert.Equal("metrics", endpoint.GetProperty("port").GetString());
        Assert.Equal("netmon", endpoint.GetProperty("relabelings")[0].GetProperty("replacement").GetString());
    }

    [Theory]
    [InlineData("imagee.tag=1", "imagee")]
    [InlineData("image.taag=1", "taag")]
    [InlineData("image.digest=sha256:abc", "digest")]
    [InlineData("image.pullPolicy=Sometimes", "pullPolicy")]
    [InlineData("nonRoot=yes", "nonRoot")]
    [InlineData("metrics.port=70000", "port")]
    [InlineData("health.port=0", "port")]
    [InlineData("networkPolicy.from[0].podSelektor.a=b", "podSelektor")]
    [InlineData("runtime.directory=run/containerd", "directory")]
    [InlineData("runtime.endpoint=/run/containerd/containerd.sock", "endpoint")]
    [InlineData("capture.retainBytes=10GB", "retainBytes")]
    [InlineData("capture.retainFor=a week", "retainFor")]
    [InlineData("capture.keepFree=5 percent", "keepFree")]
    [InlineData("resources.limits.memory=512 MB", "memory")]
    [InlineData("resources.limit.memory=512Mi", "limit")]
    [InlineData("tolerations[0].effekt=NoSchedule", "effekt")]
    [InlineData("metrics.workloads=501", "workloads")]
    [InlineData("podLabels.app=other", "podLabels")]
    [InlineData("eventPodLabels={a b}", "eventPodLabels")]
    [InlineData("eventPodLabels=team", "eventPodLabels")]
    [InlineData("updateStrategy.rollingUpdate.maxSurge=1", "maxSurge")]
    [InlineData("extraArgs=--ring-memory", "extraArgs")]
    [InlineData("nonRoot=true,privileged=true", "nonRoot and privileged are both true")]
    public void A_wrong_value_is_refused_by_name(string value, string named)
    {
        var result = Chart.Render("--set", value);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_readme_of_the_chart_has_exactly_its_values()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Chart.Folder, "values.schema.json")));
        var told = Regex.Matches(File.ReadAllText(Path.Combine(Chart.Folder, "README.md")), "^\\| `([A-Za-z.]+)`", RegexOptions.Multiline).Select(match => match.Groups[1].Value);
        Assert.Equal(Names(schema.RootElement, "").Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    private static V1NetworkPolicy PolicyOf(Manifest manifest) => Assert.Single(manifest.Objects.OfType<V1NetworkPolicy>());

    /// <summary>
    /// The names that the schema knows, such as image.tag; of values passed to Kubernetes unchanged, only the outermost name.
    /// </summary>
    private static IEnumerable<string> Names(JsonElement schema, string before) => schema.GetProperty("properties").EnumerateObject()
        .Where(property => property.Name != "global")
        .SelectMany(property => property.Name is not ("resources" or "affinity" or "updateStrategy" or "podLabels") && property.Value.TryGetProperty("properties", out _)
            ? Names(property.Value, $"{before}{property.Name}.")
            : [before + property.Name]);

    /// <summary>Every object except the namespace, which helm creates, without the labels that helm adds outside the pod.</summary>
    private static void AssertSame(Manifest overlay, Manifest chart)
    {
        Assert.Equal(Texts(overlay), Texts(chart));
        Assert.Equal(PodSecurityStandards.BrokenBy(overlay.Pod), PodSecurityStandards.BrokenBy(chart.Pod));
    }

    private static IEnumerable<string> Texts(Manifest manifest) => manifest.Objects.Where(o => o is not V1Namespace).Select(o =>
    {
        ((IMetadata<V1ObjectMeta>)o).Metadata.Labels = null;
        // The chart names its images; the base leaves that to its users.
        foreach (var container in (o as V1DaemonSet)?.Spec.Template.Spec.Containers ?? [])
        {
            container.Image = Regex.Replace(container.Image, "^registry.example.org/([a-z-]+):[0-9.]+$", "$1");
        }

        if (o is V1DaemonSet)
        {
            manifest.Pod.Volumes = [.. manifest.Pod.Volumes.OrderBy(volume => volume.Name, StringComparer.Ordinal)];
            manifest.Container.Env = [.. manifest.Container.Env.OrderBy(env => env.Name, StringComparer.Ordinal)];
            manifest.Container.VolumeMounts = [.. manifest.Container.VolumeMounts.OrderBy(mount => mount.Name, StringComparer.Ordinal)];
        }

        return Sorted(JsonNode.Parse(KubernetesJson.Serialize(o)))!.ToJsonString(Indented);
    }).Order(StringComparer.Ordinal);

    /// <summary>The same with the keys of every object sorted.</summary>
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
