using System.Diagnostics;
using System.Globalization;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>
/// A node for one container runtime (tests/runtimes/node.sh): its own network and mount namespaces, with the daemon in them.
/// Everything it runs and creates ends with this object, or with this process however that ends.
/// </summary>
internal sealed class RuntimeNode : IDisposable
{
    private readonly Process _keeper;
    private readonly Task<string> _errors;

    public RuntimeNode(CgroupLayout layout)
    {
        Layout = layout;
        Folder = Directory.CreateTempSubdirectory("netmon-node-").FullName;
        Tag = Guid.NewGuid().ToString("N")[..8];
        Directory.CreateDirectory(Shared);
        _keeper = Process.Start(new ProcessStartInfo(
            Path.Combine(Repository.Root, "tests/runtimes/node.sh"), [Folder, layout == CgroupLayout.V2 ? "v2" : "hybrid", Tag])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _errors = _keeper.StandardError.ReadToEndAsync();
        Expect("ready");
    }

    public CgroupLayout Layout { get; }

    /// <summary>Sockets and logs; the same path inside and outside.</summary>
    public string Folder { get; }

    /// <summary>A folder that containers may mount to write results.</summary>
    public string Shared => Path.Combine(Folder, "shared");

    /// <summary>The first eight digits of the uid of every pod here.</summary>
    public string Tag { get; }

    public int KeeperId => _keeper.Id;

    /// <summary>Inode of the network namespace that acts as the host's for pods here.</summary>
    public long NetworkNamespace => NamespaceOf(_keeper.Id);

    /// <summary>Inode of a process's network namespace.</summary>
    public static long NamespaceOf(long pid) =>
        long.Parse(new FileInfo($"/proc/{pid}/ns/net").LinkTarget!.Split('[', ']')[1], CultureInfo.InvariantCulture);

    /// <summary>Starts the daemon without waiting until it answers; returns its pid.</summary>
    public int Start(string daemon, params string[] options)
    {
        _keeper.StandardInput.WriteLine($"start {daemon} {string.Join(' ', options)}");
        return int.Parse(Read(), CultureInfo.InvariantCulture);
    }

    /// <summary>Sends SIGKILL to the daemon, and waits for its exit. Its children keep running.</summary>
    public void KillDaemon()
    {
        _keeper.StandardInput.WriteLine("kill");
        Expect("killed");
    }

    /// <summary>Runs a program as a process of the node, outside containers.</summary>
    public Shell.Result Run(string program, params string[] arguments) =>
        Shell.Run("nsenter", [$"--target={KeeperId}", "--net", program, .. arguments]);

    /// <summary>Starts the agent with this node's view of the cgroups.</summary>
    public AgentProcess StartAgent(bool readStdout, params string[] arguments) => Layout == CgroupLayout.V2
        ? AgentProcess.Start("nsenter", [$"--target={KeeperId}", "--mount", Repository.Agent, "run", .. arguments], readStdout)
        : AgentProcess.Start(Repository.Agent, ["run", .. arguments], readStdout);

    /// <summary>Runs the agent's doctor there.</summary>
    public Shell.Result Doctor(params string[] arguments) => Layout == CgroupLayout.V2
        ? Shell.Run("nsenter", [$"--target={KeeperId}", "--mount", Repository.Agent, "doctor", .. arguments])
        : Shell.Run(Repository.Agent, ["doctor", .. arguments]);

    /// <summary>Gives pods created from now on one of two addresses, for IPv4 and IPv6.</summary>
    public void GivePodsTwoAddresses()
    {
        const string configuration =
            """
            {"cniVersion": "0.4.0", "name": "netmon-two", "plugins": [{"type": "bridge", "bridge": "pods1", "isGateway": true, "ipam": {"type": "host-local", "ranges": [
             [{"subnet": "10.214.0.0/24", "rangeStart": "10.214.0.2", "rangeEnd": "10.214.0.3"}], [{"subnet": "fd00:214::/64", "rangeStart": "fd00:214::2", "rangeEnd": "fd00:214::3"}]]}}]}
            """;
        var path = Path.Combine(Folder, "inside/cni/10-bridge.conflist");
        Shell.Run("nsenter", $"--target={KeeperId}", "--mount", "sh", "-c", "printf '%s' \"$1\" >\"$2.new\" && mv \"$2.new\" \"$2\"", "sh", configuration, path).MustSucceed();
    }

    /// <summary>The last lines of a daemon's log.</summary>
    public string LogOf(string daemon)
    {
        var log = Path.Combine(Folder, $"{daemon}.log");
        return File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(20)) : "no log";
    }

    public void Dispose()
    {
        _keeper.StandardInput.Close();
        if (!_keeper.WaitForExit(Patience.Limit))
        {
            throw new TimeoutException($"the node in {Folder} was not cleared away");
        }

        _keeper.Dispose();
        if (Directory.Exists(Folder))
        {
            throw new InvalidOperationException($"{Folder} is still there: {_errors.Result}");
        }
    }

    private void Expect(string answer)
    {
        var line = Read();
        if (line != answer)
        {
            throw new InvalidOperationException($"the node in {Folder} answered '{line}' instead of '{answer}'");
        }
    }

    private string Read()
    {
        var line = _keeper.StandardOutput.ReadLineAsync();
        if (!line.Wait(Patience.Limit))
        {
            throw new TimeoutException($"the node in {Folder} did not answer");
        }

        return line.Result ?? throw new InvalidOperationException($"the node in {Folder} ended: {_errors.Result}");
    }
}
