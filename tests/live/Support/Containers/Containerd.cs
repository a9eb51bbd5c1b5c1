namespace NetMon.LiveTests.Support.Containers;

/// <summary>A containerd with the CRI plugin on its own node, with the images imported. Disposal removes its pods.</summary>
internal sealed class Containerd : IDisposable
{
    private const string Daemon = "containerd";
    private int _pods;

    private Containerd(CgroupLayout layout)
    {
        Node = new RuntimeNode(layout);
        Cri = new CriClient(Socket);
    }

    public RuntimeNode Node { get; }

    public CriClient Cri { get; }

    public string Socket => Path.Combine(Node.Folder, "containerd.sock");

    /// <summary>Its address for --runtime-endpoint.</summary>
    public string Endpoint => $"unix://{Socket}";

    /// <summary>"containerd 1.6.20"</summary>
    public string Version { get; private set; } = "";

    public static Containerd Start(CgroupLayout layout = CgroupLayout.Machine)
    {
        Needs.Containers();
        var containerd = new Containerd(layout);
        try
        {
            containerd.Restart();
            foreach (var archive in (string[])[OfflineImages.PauseArchive, OfflineImages.ToolsArchive])
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

    /// <summary>Creates a ready pod, in the namespace "shop" unless given as "namespace/name".</summary>
    public Pod RunPod(string name, PodNetwork network = PodNetwork.Host, CgroupShape shape = CgroupShape.Cgroupfs, bool hostPid = false, Func<PodPlan, PodPlan>? change = null)
    {
        var parts = name.Split('/');
        var uid = $"{Node.Tag}-0c2b-4a58-9f0e-{Interlocked.Increment(ref _pods):x12}";
        var plan = new PodPlan(parts[^1], parts.Length > 1 ? parts[0] : "shop", uid, network, shape, hostPid);
        return Pod.Run(Cri, Node, change?.Invoke(plan) ?? plan);
    }

    /// <summary>Kills only the daemon (kill -9): containers and their shims keep running.</summary>
    public void Kill9() => Node.KillDaemon();

    /// <summary>Starts it, possibly after a kill, and waits until it answers.</summary>
    public void Restart()
    {
        Node.Start(Daemon);
        try
        {
            WaitFor.True(() => (Version = Cri.TryVersion() ?? "").Length > 0, "containerd to answer");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; it said:\n{Node.LogOf(Daemon)}", e);
        }
    }

    public void Dispose()
    {
        Cri.Dispose();
        Node.Dispose();
    }
}
