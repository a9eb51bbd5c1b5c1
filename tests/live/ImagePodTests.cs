using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using NetMon.LiveTests.Support.Containers.Cri;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The built image under containerd, as the DaemonSet's pod says.</summary>
[Trait("suite", "image")]
public sealed class ImagePodTests(ITestOutputHelper output) : IDisposable
{
    private const string Image = "localhost/netmon:test";
    private const int Port = 18081;
    private static readonly string Archive = Path.Combine(Repository.Root, "artifacts/image/netmon.tar");
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("bare-metal")]
    [InlineData("non-root")]
    public void The_pod_of_the_manifest_traces_names_both_ends_answers_and_drains(string overlay)
    {
        using var containerd = Start();
        var web = containerd.RunPod("shop/web-0", PodNetwork.Pod);
        var server = web.Serve("server", Port);
        var (pod, agent) = StartAgent(containerd, overlay);
        var address = Pod.AddressOf(pod.PidOf(agent));
        try
        {
            WaitFor.True(() => Ask(containerd, address, "/readyz") == "ok\n", "the agent to be ready");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; /readyz of {address}: '{Ask(containerd, address, "/readyz")}'; it said:\n{string.Join('\n', Said(pod, agent))}", e);
        }

        var started = Said(pod, agent).Single(line => line.StartsWith("ready: ", StringComparison.Ordinal));
        output.WriteLine($"{overlay}: {started}");

        var client = containerd.RunPod("billing/batch-7f", PodNetwork.Pod);
        var caller = client.Start("caller", server.Call(30));
        client.WaitForEnd(caller);
        SocketTable.WaitUntilClosed(server.Pid);
        WaitFor.True(() => Events(pod, agent).Count(server.IsCalledBy) >= 120, "the events in the runtime's log");
        Tally.AssertEqual(
            [
                ("CONNECT", caller.Expected, 30), ("CLOSE", caller.Expected, 30),
                ("ACCEPT", server.Container.Expected, 30), ("CLOSE", server.Container.Expected, 30),
            ],
            Events(pod, agent).Where(server.IsCalledBy));
        var scrape = Ask(containerd, address, "/metrics");
        Assert.Contains("netmon_runtime_connected{runtime=\"cri:///run/containerd/containerd.sock\"} 1", scrape, StringComparison.Ordinal);
        Assert.Contains("netmon_dropped_events_total{stage=\"source\",reason=\"ring_full\"} 0", scrape, StringComparison.Ordinal);
        // Its own connections, of the probes, are events too, and can be told apart.
        WaitFor.True(() => Events(pod, agent).Any(e => e.Type == "ACCEPT" && e.DestinationPort == 9464 && e.Container == agent.Expected), "the agent's own traffic, named");

        pod.Stop(agent, 60);
        Assert.Equal(0, pod.WaitForEnd(agent).ExitCode);
        Assert.Contains(Said(pod, agent), line => line.StartsWith("stopped: ", StringComparison.Ordinal) && line.Contains("nothing lost", StringComparison.Ordinal));
        Assert.Equal(120, Duck.Number($"SELECT count(*) FROM {Duck.Events(containerd.Node.Shared)} WHERE dst_port = {Port} AND dst_ip = '{server.Address}'"));
    }

    [Theory]
    [InlineData("bare-metal", "BPF")]
    [InlineData("bare-metal", "PERFMON")]
    [InlineData("bare-metal", "NET_ADMIN")]
    [InlineData("non-root", "BPF")]
    [InlineData("non-root", "PERFMON")]
    [InlineData("non-root", "NET_ADMIN")]
    public void Without_one_of_its_capabilities_it_ends_with_3_and_names_it(string overlay, string capability)
    {
        using var containerd = Start();
        var (pod, agent) = StartAgent(containerd, overlay, container => container.Linux.SecurityContext.Capabilities.AddCapabilities.Remove(capability));
        Assert.Equal(3, pod.WaitForEnd(agent).ExitCode);
        Assert.Contains(Said(pod, agent), line => line.Contains($"CAP_{capability} missing", StringComparison.Ordinal));
    }

    [Fact]
    public void The_image_has_the_binary_and_its_C_library_and_nothing_to_write_to()
    {
        Needs.Program("jq");
        Assert.SkipUnless(File.Exists(Archive), "needs the image: make test-image builds it");
        Shell.Run("tar", "-xf", Archive, "-C", _scratch.Path).MustSucceed();
        var layers = Directory.GetFiles(_scratch.Path, "*.tar", SearchOption.TopDirectoryOnly);
        var entries = layers.SelectMany(layer => Shell.Run("tar", "--numeric-owner", "-tvf", layer).MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        entries.ForEach(output.WriteLine);
        Assert.All(entries, entry => Assert.DoesNotContain('w', entry[..10]));
        Assert.All(entries, entry => Assert.Contains(" 0/0 ", entry, StringComparison.Ordinal));
        var files = entries.Where(entry => entry[0] != 'd').Select(entry => entry.Split(' ')[^1]).ToList();
        Assert.All(files, file => Assert.Matches("^(netmon|LICENSE|etc/(passwd|group)|lib(64)?/.*/?(libc|libm|ld-linux[a-z0-9-]*)\\.so\\.[0-9])$", file));
        var bytes = layers.Sum(layer => new FileInfo(layer).Length);
        output.WriteLine($"{bytes} bytes unpacked");
        Assert.InRange(bytes, 1, 40_000_000);
    }

    public void Dispose() => _scratch.Dispose();

    private static Containerd Start()
    {
        Assert.SkipUnless(File.Exists(Archive), "needs the image: make test-image builds it");
        Needs.Program("kubectl");
        Needs.Program("curl");
        var containerd = Containerd.Start();
        Shell.Run("ctr", "-a", containerd.Socket, "-n", "k8s.io", "images", "import", Archive).MustSucceed();
        return containerd;
    }

    private static (Pod Pod, PodContainer Agent) StartAgent(Containerd containerd, string overlay, Action<ContainerConfig>? change = null)
    {
        var manifest = Manifest.OfOverlay(overlay);
        // What the README of the overlay asks for, and DirectoryOrCreate makes for root.
        Shell.Run("chown", manifest.Container.SecurityContext.RunAsUser == 0 ? "0:0" : "10001:10001", containerd.Node.Shared).MustSucceed();
        Shell.Run("chmod", "0711", containerd.Node.Folder).MustSucceed(); // as containerd makes /run/containerd
        var config = manifest.ToContainer(Image, "node-1", new Dictionary<string, string>
        {
            ["/run/containerd"] = containerd.Node.Folder,
            ["/var/lib/netmon"] = containerd.Node.Shared,
        });
        change?.Invoke(config);
        var pod = containerd.RunPod("network-monitoring/ebpf-netmon-x7k2p", PodNetwork.Pod, hostPid: manifest.Pod.HostPID == true);
        var agent = pod.Create(manifest.Container.Name, config);
        containerd.Cri.StartContainer(agent.Id);
        return (pod, agent);
    }

    private static string Ask(Containerd containerd, string address, string path) => containerd.Node.Run("curl", "-s", "-m", "5", $"http://{address}:9464{path}").Output;

    private static IReadOnlyList<string> Said(Pod pod, PodContainer agent) => pod.LogOf(agent, "stderr");

    private static IReadOnlyList<SeenEvent> Events(Pod pod, PodContainer agent) => [.. pod.LogOf(agent, "stdout").Select(SeenEvent.Parse)];
}
