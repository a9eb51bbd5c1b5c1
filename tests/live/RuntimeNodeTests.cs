using System.Diagnostics;
using System.Globalization;
using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The nodes that other tests of this suite create: their cgroups have the requested layout, and nothing is left behind.</summary>
[Trait("suite", "runtimes")]
public sealed class RuntimeNodeTests
{
    [Theory]
    [InlineData(CgroupLayout.Machine, CgroupShape.Cgroupfs, "/kubepods/burstable/pod{uid}/{id}")]
    [InlineData(CgroupLayout.V2, CgroupShape.Cgroupfs, "/kubepods/burstable/pod{uid}/{id}")]
    [InlineData(CgroupLayout.V2, CgroupShape.Systemd, "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{uid_}.slice/cri-containerd-{id}.scope")]
    [InlineData(CgroupLayout.Machine, CgroupShape.CrioSystemd, "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{uid_}.slice/crio-{id}.scope")]
    [InlineData(CgroupLayout.Machine, CgroupShape.CrioCgroupfs, "/kubepods/burstable/pod{uid}/crio-{id}")]
    public void A_pod_has_the_requested_cgroup_and_is_removed(CgroupLayout layout, CgroupShape shape, string expected)
    {
        Needs.Containers();
        string folder, cgroup;
        int pid;
        using (var containerd = Containerd.Start(layout))
        {
            folder = containerd.Node.Folder;
            var pod = containerd.RunPod("web-0", PodNetwork.Pod, shape);
            var container = pod.Start("sleeper", "sleep", "1000");
            pid = containerd.Cri.PidOf(container.Id);
            cgroup = File.ReadLines($"/proc/{pid}/cgroup").First(line => line.StartsWith("0::", StringComparison.Ordinal))[3..];
            Assert.Equal(
                expected.Replace("{uid}", pod.Plan.Uid, StringComparison.Ordinal).Replace("{uid_}", pod.Plan.Uid.Replace('-', '_'), StringComparison.Ordinal).Replace("{id}", container.Id, StringComparison.Ordinal),
                cgroup);
            var listed = Assert.Single(containerd.Cri.ListContainers());
            Assert.Equal((container.Id, "sleeper", OfflineImages.Tools), (listed.Id, listed.Labels["io.kubernetes.container.name"], listed.Image.Image));
            Assert.Equal((pod.Plan.Name, pod.Plan.Namespace, pod.Plan.Uid), (listed.Labels["io.kubernetes.pod.name"], listed.Labels["io.kubernetes.pod.namespace"], listed.Labels["io.kubernetes.pod.uid"]));
            Assert.Equal(pod.SandboxId, Assert.Single(containerd.Cri.ListPodSandbox()).Id);
            Assert.NotEqual(containerd.Node.NetworkNamespace, RuntimeNode.NamespaceOf(pid));
        }

        AssertGone(folder, pid, cgroup);
    }

    [Fact]
    public void Nothing_outlives_a_killed_starter()
    {
        Needs.Containers();
        using var scratch = new Scratch();
        var folder = scratch["node"];
        // A shell starts the node; its death closes the node's stdin.
        var script = $"(echo start containerd; exec sleep 60) | '{Repository.Root}/tests/runtimes/node.sh' '{folder}' hybrid 0123abcd";
        using var starter = Process.Start(new ProcessStartInfo("setsid", ["/bin/sh", "-c", script]) { RedirectStandardOutput = true })!;
        int pid;
        try
        {
            Assert.Equal("ready", starter.StandardOutput.ReadLine());
            var daemon = starter.StandardOutput.ReadLine();
            Shell.Result Ctr(params string[] arguments) =>
                Shell.Run("nsenter", [$"--target={daemon}", "--mount", "ctr", "-a", $"{folder}/containerd.sock", "-n", "k8s.io", .. arguments]);
            WaitFor.True(() => Ctr("version").ExitCode == 0, "containerd to answer");
            Ctr("images", "import", OfflineImages.ToolsArchive).MustSucceed();
            Ctr("run", "--detach", "--null-io", "--cgroup", "/kubepods/pod0123abcd-0/orphan", OfflineImages.Tools, "orphan", "sleep", "1000").MustSucceed();
            var task = Assert.Single(Ctr("task", "ls").MustSucceed().Output.Split('\n'), line => line.StartsWith("orphan", StringComparison.Ordinal));
            pid = int.Parse(task.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        finally
        {
            Shell.Run("kill", "-KILL", "--", $"-{starter.Id}").MustSucceed();
        }

        WaitFor.True(() => !Directory.Exists(folder), "the node to clear itself away");
        AssertGone(folder, pid, "/kubepods/pod0123abcd-0/orphan");
    }

    private static void AssertGone(string folder, int pid, string cgroup)
    {
        Assert.False(Directory.Exists(folder));
        Assert.Equal("", CommandLine($"/proc/{pid}")); // if it still exists, its new parent has not reaped it yet
        Assert.DoesNotContain(folder, File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
        var hierarchies = Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup");
        Assert.DoesNotContain(hierarchies, root => Directory.Exists(root + Path.GetDirectoryName(cgroup)));
        Assert.DoesNotContain(
            Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _)),
            p => CommandLine(p).Contains(folder, StringComparison.Ordinal) && CommandLine(p).StartsWith("containerd", StringComparison.Ordinal));
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // it has just exited
        }
    }
}
