using System.Globalization;
using NetMon.LiveTests.Support.Containers.Cri;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>A ready pod; its containers are created and started as kubelet does, with kubelet's labels.</summary>
internal sealed class Pod
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private readonly CriClient _cri;
    private readonly RuntimeNode _node;
    private readonly PodSandboxConfig _config;

    private Pod(CriClient cri, RuntimeNode node, PodPlan plan)
    {
        _cri = cri;
        _node = node;
        Plan = plan;
        _config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = plan.Name, Namespace = plan.Namespace, Uid = plan.Uid },
            // A pod in the host's network has no hostname: it may not set the host's.
            Hostname = plan.Network == PodNetwork.Pod ? plan.Name : "",
            LogDirectory = Path.Combine(node.Folder, "inside/logs", plan.Uid),
            Labels = { Labels, plan.Labels.ToDictionary() },
            Annotations = { ["kubernetes.io/config.source"] = plan.Source },
            Linux = new LinuxPodSandboxConfig { CgroupParent = CgroupParent(plan), SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = Namespaces } },
        };
        Handler = plan.Shape switch
        {
            CgroupShape.Systemd => "systemd",
            CgroupShape.CrioSystemd or CgroupShape.CrioCgroupfs => "crio",
            _ => "",
        };
        SandboxId = cri.RunPodSandbox(_config, Handler);
    }

    public PodPlan Plan { get; }

    public string SandboxId { get; }

    private string Handler { get; }

    private Dictionary<string, string> Labels => new()
    {
        ["io.kubernetes.pod.name"] = Plan.Name,
        ["io.kubernetes.pod.namespace"] = Plan.Namespace,
        ["io.kubernetes.pod.uid"] = Plan.Uid,
    };

    private NamespaceOption Namespaces => new()
    {
        Network = Plan.Network == PodNetwork.Host ? NamespaceMode.Node : NamespaceMode.Pod,
        Pid = Plan.HostPid ? NamespaceMode.Node : NamespaceMode.Container,
    };

    public static Pod Run(CriClient cri, RuntimeNode node, PodPlan plan) => new(cri, node, plan);

    /// <summary>Creates a container without starting it.</summary>
    public PodContainer Create(string name, params string[] command) => Create(name, new ContainerConfig
    {
        Image = new ImageSpec { Image = OfflineImages.Tools },
        Command = { command },
        Mounts = { new Mount { ContainerPath = "/shared", HostPath = _node.Shared } },
        Linux = new LinuxContainerConfig { SecurityContext = new LinuxContainerSecurityContext() },
    });

    /// <summary>The same for any config; adds what kubelet adds.</summary>
    public PodContainer Create(string name, ContainerConfig config)
    {
        config.Metadata = new ContainerMetadata { Name = name };
        config.Labels.Add(Labels);
        config.Labels["io.kubernetes.container.name"] = name;
        config.Annotations["io.kubernetes.container.restartCount"] = "0";
        config.LogPath = $"{name}/0.log";
        config.Linux.SecurityContext.NamespaceOptions = Namespaces;
        return new PodContainer(this, name, _cri.CreateContainer(SandboxId, config, _config));
    }

    /// <summary>A container's stdout or stderr, from the runtime's log.</summary>
    public IReadOnlyList<string> LogOf(PodContainer container, string stream)
    {
        // "2026-11-22T23:03:58.730926891Z stdout F line": P instead of F if the line continues in the next entry.
        // Filters in the shell: the other stream may have gigabytes.
        var log = Shell.Run("nsenter", $"--target={_node.KeeperId}", "--mount", "awk", $"$2 == \"{stream}\"", Path.Combine(_config.LogDirectory, container.Name, "0.log")).MustSucceed().Output;
        var text = log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 4))
            .Select(parts => parts[2] == "P" ? parts[3] : parts[3] + "\n");
        return string.Concat(text).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Number of complete lines in it, even if the log is too large to read at once.</summary>
    public long LinesOf(PodContainer container, string stream) => long.Parse(
        Shell.Run("nsenter", $"--target={_node.KeeperId}", "--mount", "awk", $"$2 == \"{stream}\" && $3 == \"F\" {{ n++ }} END {{ print n + 0 }}", Path.Combine(_config.LogDirectory, container.Name, "0.log")).MustSucceed().Output,
        CultureInfo.InvariantCulture);

    /// <summary>The pid of a container's first process in the node's namespace.</summary>
    public int PidOf(PodContainer container) => _cri.PidOf(container.Id);

    /// <summary>Sends SIGTERM, and SIGKILL after this many seconds.</summary>
    public void Stop(PodContainer container, int grace) => _cri.StopContainer(container.Id, grace);

    /// <summary>Creates and starts a container.</summary>
    public PodContainer Start(string name, params string[] command)
    {
        var container = Create(name, command);
        _cri.StartContainer(container.Id);
        return container;
    }

    /// <summary>Starts a server and waits until it listens; returns the address that others reach it by.</summary>
    public Server Serve(string name, int port)
    {
        var server = Start(name, "busybox", "httpd", "-f", "-p", port.ToString(CultureInfo.InvariantCulture));
        var pid = _cri.PidOf(server.Id);
        SocketTable.WaitForListener(pid, port);
        return new Server(server, Plan.Network == PodNetwork.Host ? "127.0.0.1" : AddressOf(pid), port, pid);
    }

    /// <summary>Waits for a container to exit.</summary>
    public ContainerStatus WaitForEnd(PodContainer container)
    {
        var status = _cri.ContainerStatus(container.Id);
        WaitFor.True(
            () =>
            {
                Thread.Sleep(PollInterval); // polling without a pause would be a load
                return (status = _cri.ContainerStatus(container.Id)).State == ContainerState.ContainerExited;
            },
            $"the container {container.Name} to end");
        return status;
    }

    /// <summary>Stops and removes it with its containers.</summary>
    public void Delete()
    {
        _cri.StopPodSandbox(SandboxId);
        _cri.RemovePodSandbox(SandboxId);
    }

    /// <summary>The pod's IPv4 address, by the pid of one of its processes.</summary>
    public static string AddressOf(int pid) =>
        Shell.Script($"nsenter --target={pid} --net ip -4 -o addr show dev eth0").MustSucceed().Output.Split("inet ")[1].Split('/')[0];

    /// <summary>The pod's IPv6 address.</summary>
    public static string WideAddressOf(int pid) =>
        Shell.Script($"nsenter --target={pid} --net ip -6 -o addr show dev eth0 scope global").MustSucceed().Output.Split("inet6 ")[1].Split('/')[0];

    /// <summary>kubelet's name for it, for a pod of the class Burstable.</summary>
    private static string CgroupParent(PodPlan plan) => plan.Shape is CgroupShape.Systemd or CgroupShape.CrioSystemd
        ? $"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{plan.Uid.Replace('-', '_')}.slice"
        : $"/kubepods/burstable/pod{plan.Uid}";
}
