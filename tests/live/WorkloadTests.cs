using System.Globalization;
using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// The workload of an event's process: pods of containerd with the labels that controllers set and kubelet passes on, Docker Compose, and
/// units of systemd.
/// </summary>
[Trait("suite", "runtimes")]
public sealed class WorkloadTests : IDisposable
{
    private const int Port = 18080;
    private readonly Scratch _scratch = new();

    [Fact]
    public void A_pod_belongs_to_its_controller_by_its_labels()
    {
        (string Pod, string Labels, string Workload)[] cases =
        [
            ("shop/web-5d8f7c9b6d-x2x4z", "pod-template-hash=5d8f7c9b6d team=shop", "shop/web Deployment {\"team\":\"shop\"}"),
            ("shop/db-0", "statefulset.kubernetes.io/pod-name=db-0 apps.kubernetes.io/pod-index=0", "shop/db StatefulSet "),
            ("kube-system/proxy-zx2tz", "controller-revision-hash=66d5f8d6f7 pod-template-generation=1", "kube-system/proxy DaemonSet "),
            ("shop/migrate-h2k4x", "batch.kubernetes.io/job-name=migrate", "shop/migrate Job "),
            ("shop/report-29393100-h2k4x", "batch.kubernetes.io/job-name=report-29393100 team=data", "shop/report CronJob {\"team\":\"data\"}"),
            ("shop/report-29393160-q9m2c", "batch.kubernetes.io/job-name=report-29393160", "shop/report CronJob "),
            ("kube-system/etcd-node-1", "tier=control-plane file", "kube-system/etcd StaticPod "),
            ("shop/toolbox", "run=toolbox", "shop/toolbox Pod "),
        ];
        using var containerd = Containerd.Start();
        // Half of them are older than the agent: their names come with the first list, the others' by events or on request.
        var pods = cases.Take(cases.Length / 2).Select(Run).ToList();
        using var agent = containerd.Node.StartAgent(
            false, "--node", "node-1", "--json", _scratch["events.json"], "--capture", _scratch["capture"], "--runtime-endpoint", containerd.Endpoint, "--pod-labels", "team,missing");
        pods.AddRange(cases.Skip(cases.Length / 2).Select(Run));
        var callers = pods.ConvertAll(pod => pod.Start("caller", "netload", "connect", "127.0.0.1", $"{Port}", "--count", "3"));
        foreach (var (pod, caller) in pods.Zip(callers))
        {
            pod.WaitForEnd(caller);
        }

        agent.Stop();

        var kept = Duck.Rows($"SELECT pod_namespace || '/' || pod_name, workload, workload_kind, coalesce(pod_labels, ''), count(*) FROM {Duck.Events(_scratch["capture"])} WHERE dst_port = {Port} AND type = 'CONNECT' GROUP BY ALL ORDER BY ALL");
        Assert.Equal(
            cases.Select(of => $"{of.Pod} {of.Workload} 3").Order(StringComparer.Ordinal),
            kept.Select(row => string.Join(' ', row.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)))).Order(StringComparer.Ordinal));
        var lines = File.ReadAllText(_scratch["events.json"]);
        Assert.Contains("\"workload\":\"shop/web\",\"workload_kind\":\"Deployment\",\"pod_labels\":{\"team\":\"shop\"}", lines, StringComparison.Ordinal);
        // In queries, too, two runs of a CronJob are one workload.
        var asked = Shell.Run(Repository.Agent, "query", "--capture", _scratch["capture"], "--format", "csv", $"SELECT workload, sum(attempts) AS n FROM failures WHERE dst_port = {Port} AND workload = 'shop/report' GROUP BY ALL").MustSucceed();
        Assert.Equal("workload,n\nshop/report,6\n", asked.Output);

        Pod Run((string Pod, string Labels, string Workload) of)
        {
            var words = of.Labels.Split(' ');
            return containerd.RunPod(of.Pod, PodNetwork.Pod, change: plan => plan with
            {
                // kubelet derives a static pod's uid from a hash of its file.
                Source = words.Contains("file") ? "file" : "api",
                Uid = words.Contains("file") ? plan.Uid.Replace("-", "", StringComparison.Ordinal) : plan.Uid,
                Labels = words.Where(word => word.Contains('=', StringComparison.Ordinal)).Select(word => word.Split('=', 2)).ToDictionary(word => word[0], word => word[1]),
            });
        }
    }

    [Fact]
    public void A_Docker_Compose_service_belongs_to_its_project()
    {
        using var dockerd = Dockerd.Start();
        using var agent = dockerd.Node.StartAgent(false, "--json", _scratch["events.json"], "--runtime-endpoint", dockerd.Endpoint);
        var id = dockerd.Docker("create", "--name", "shop-web-1", "--network", "none", "--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.service=web", OfflineImages.Tools, "netload", "connect", "127.0.0.1", $"{Port}", "--count", "3");
        dockerd.Docker("start", id);
        dockerd.Docker("wait", id);
        agent.Stop();
        var lines = File.ReadAllLines(_scratch["events.json"]).Where(line => line.Contains($"\"dst_port\":{Port},", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.Contains("\"workload\":\"shop/web\",\"workload_kind\":\"Compose\"", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_host_process_belongs_to_its_unit_despite_nested_cgroups()
    {
        Needs.Tracing();
        var slice = $"{ChildCgroup.Root}/system.slice-{Guid.NewGuid():N}";
        var (unit, forged) = ($"{slice}/sshd.service", $"{slice}/sshd.service/kubelet.service");
        Directory.CreateDirectory(forged);
        try
        {
            using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--node", "node-1");
            Shell.Script($"(echo 0 >{unit}/cgroup.procs; exec {Repository.Load} connect 127.0.0.1 {Port} --count 2); (echo 0 >{forged}/cgroup.procs; exec {Repository.Load} connect 127.0.0.1 {Port} --count 2); exec {Repository.Load} connect 127.0.0.1 {Port}").MustSucceed();
            agent.Stop();
            var lines = File.ReadAllLines(_scratch["events.json"]).Where(line => line.Contains($"\"dst_port\":{Port},", StringComparison.Ordinal)).ToList();
            Assert.Equal(5, lines.Count);
            Assert.Equal(4, lines.Count(line => line.Contains("\"workload\":\"node/sshd.service\",\"workload_kind\":\"SystemdUnit\"", StringComparison.Ordinal)));
            Assert.All(lines, line => Assert.DoesNotContain("\"container\"", line, StringComparison.Ordinal));
        }
        finally
        {
            WaitFor.True(
                () =>
                {
                    Array.ForEach([forged, unit, slice], Directory.Delete);
                    return true;
                },
                "the cgroups to be empty");
        }
    }

    public void Dispose() => _scratch.Dispose();
}
