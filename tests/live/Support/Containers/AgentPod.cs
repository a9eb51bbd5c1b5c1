using NetMon.LiveTests.Support.Containers.Cri;
using Xunit;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>The agent of the built image, in the pod that an overlay's DaemonSet specifies.</summary>
internal sealed record AgentPod(Pod Pod, PodContainer Container, Manifest Manifest)
{
    private const string Image = "localhost/netmon:test";
    private const string QueryImage = "localhost/netmon-query:test";

    /// <summary>The image as tests/image/build.sh packs it.</summary>
    public static string Archive { get; } = Path.Combine(Repository.Root, "artifacts/image/netmon.tar");

    /// <summary>The image that answers questions.</summary>
    public static string QueryArchive { get; } = Path.Combine(Repository.Root, "artifacts/image/netmon-query.tar");

    /// <summary>The agent's stderr, line by line.</summary>
    public IReadOnlyList<string> Said => Pod.LogOf(Container, "stderr");

    /// <summary>The agent's stdout.</summary>
    public IReadOnlyList<SeenEvent> Events => [.. Pod.LogOf(Container, "stdout").Select(SeenEvent.Parse)];

    /// <summary>The pid of the agent's first process in the node's namespace.</summary>
    public int Id => Pod.PidOf(Container);

    /// <summary>A containerd that has the image. Skips the test if the image was not built.</summary>
    public static Containerd StartRuntime()
    {
        Assert.SkipUnless(File.Exists(Archive), "needs the image: make test-image builds it");
        Needs.Program("kubectl");
        Needs.Program("curl");
        var containerd = Containerd.Start();
        try
        {
            foreach (var archive in (string[])[Archive, QueryArchive])
            {
                Shell.Run("ctr", "-a", containerd.Socket, "-n", "k8s.io", "images", "import", archive).MustSucceed();
            }

            return containerd;
        }
        catch
        {
            containerd.Dispose();
            throw;
        }
    }

    /// <summary>Starts it without waiting until it is ready.</summary>
    public static AgentPod Start(Containerd containerd, string overlay, Action<ContainerConfig>? change = null)
    {
        var manifest = Manifest.OfOverlay(overlay);
        // The overlay's README requires this, and DirectoryOrCreate does it for root.
        Shell.Run("chown", manifest.Container.SecurityContext.RunAsUser == 0 ? "0:0" : "10001:10001", containerd.Node.Shared).MustSucceed();
        Shell.Run("chmod", "0711", containerd.Node.Folder).MustSucceed(); // as containerd makes /run/containerd
        var config = manifest.ToContainer(manifest.Container, Image, "node-1", Folders(containerd));
        // The free space of the test machine's disk does not matter here.
        config.Envs.Single(variable => variable.Key == "NETMON_KEEP_FREE").Value = "1%";
        change?.Invoke(config);
        var pod = containerd.RunPod("network-monitoring/ebpf-netmon-x7k2p", PodNetwork.Pod, hostPid: manifest.Pod.HostPID == true);
        var container = pod.Create(manifest.Container.Name, config);
        containerd.Cri.StartContainer(container.Id);
        return new AgentPod(pod, container, manifest);
    }

    /// <summary>Starts the query container next to it.</summary>
    /// <param name="containerd">The runtime of the pod.</param>
    /// <param name="spill">A folder to create, as kubelet would: the pod's emptyDir.</param>
    public QueryContainer StartQuery(Containerd containerd, string spill)
    {
        Directory.CreateDirectory(spill);
        Shell.Run("chmod", "1777", spill).MustSucceed();
        var container = Pod.Create("query", Manifest.ToContainer(Manifest.Query, QueryImage, "node-1", Folders(containerd).Append(KeyValuePair.Create("spill", spill)).ToDictionary()));
        containerd.Cri.StartContainer(container.Id);
        return new QueryContainer(containerd, container);
    }

    private static Dictionary<string, string> Folders(Containerd containerd) => new()
    {
        ["/run/containerd"] = containerd.Node.Folder,
        ["/var/lib/netmon"] = containerd.Node.Shared,
    };

    /// <summary>The response to a GET of this path; empty if there is none.</summary>
    public string Ask(Containerd containerd, string path) => containerd.Node.Run("curl", "-s", "-m", "5", $"http://{Pod.AddressOf(Id)}:9464{path}").Output;

    /// <summary>Waits until /readyz succeeds.</summary>
    public void WaitUntilReady(Containerd containerd)
    {
        try
        {
            WaitFor.True(() => Ask(containerd, "/readyz") == "ok\n" && Said.Any(line => line.Contains(" info agent: ready: ", StringComparison.Ordinal)), "the agent to be ready");
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            throw new InvalidOperationException($"the agent did not become ready; it said:\n{string.Join('\n', Said)}", e);
        }
    }
}
