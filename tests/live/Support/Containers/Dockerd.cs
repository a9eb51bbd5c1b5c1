using System.Globalization;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>A dockerd on its own node, without a bridge, with the tools image loaded. Disposal removes its containers.</summary>
internal sealed class Dockerd : IDisposable
{
    private const string Daemon = "dockerd";
    private readonly string[] _options;

    private Dockerd(CgroupLayout layout, string[] options)
    {
        Node = new RuntimeNode(layout);
        _options = options;
    }

    public RuntimeNode Node { get; }

    public string Socket => Path.Combine(Node.Folder, "docker.sock");

    /// <summary>Its address for --runtime-endpoint.</summary>
    public string Endpoint => $"docker://{Socket}";

    /// <summary>"20.10.24"</summary>
    public string Version { get; private set; } = "";

    public static Dockerd Start(CgroupLayout layout = CgroupLayout.Machine, params string[] options)
    {
        Needs.Docker();
        var dockerd = new Dockerd(layout, options);
        try
        {
            dockerd.Restart();
            dockerd.Docker("load", "--quiet", "--input", OfflineImages.ToolsArchive);
            return dockerd;
        }
        catch
        {
            dockerd.Dispose();
            throw;
        }
    }

    /// <summary>Runs the client, which must succeed; returns its output.</summary>
    public string Docker(params string[] arguments) => Shell.Run("docker", ["-H", $"unix://{Socket}", .. arguments]).MustSucceed().Output.Trim();

    /// <summary>Creates a container without starting it; returns its id.</summary>
    public string Create(string name, string network, params string[] command) =>
        Docker(["create", "--name", name, "--network", network, "--volume", $"{Node.Shared}:/shared", OfflineImages.Tools, .. command]);

    /// <summary>The same in the node's pid namespace, started.</summary>
    public string RunWithHostPids(string name, string network, params string[] command) =>
        Docker(["run", "--detach", "--pid", "host", "--name", name, "--network", network, "--volume", $"{Node.Shared}:/shared", OfflineImages.Tools, .. command]);

    /// <summary>Starts a server and waits until it listens; returns its id.</summary>
    public string Serve(string name, string network, int port)
    {
        var id = Create(name, network, "busybox", "httpd", "-f", "-p", port.ToString(CultureInfo.InvariantCulture));
        Docker("start", id);
        SocketTable.WaitForListener(int.Parse(Inspect(id, "{{.State.Pid}}"), CultureInfo.InvariantCulture), port);
        return id;
    }

    public string Inspect(string container, string format) => Docker("inspect", "--format", format, container);

    public void Kill9() => Node.KillDaemon();

    /// <summary>Starts it, possibly after a kill, and waits until it answers.</summary>
    public void Restart()
    {
        Node.Start(Daemon, _options);
        try
        {
            WaitFor.True(() => (Version = AskVersion()).Length > 0, "dockerd to answer");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; it said:\n{Node.LogOf(Daemon)}", e);
        }
    }

    public void Dispose() => Node.Dispose();

    private string AskVersion()
    {
        var asked = Shell.Run("docker", "-H", $"unix://{Socket}", "version", "--format", "{{.Server.Version}}");
        return asked.ExitCode == 0 ? asked.Output.Trim() : "";
    }
}
