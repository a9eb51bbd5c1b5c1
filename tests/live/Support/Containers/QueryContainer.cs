namespace NetMon.LiveTests.Support.Containers;

/// <summary>The query container next to the agent.</summary>
internal sealed record QueryContainer(Containerd Containerd, PodContainer Container)
{
    private static int _executions;

    public string Id => Container.Id;

    /// <summary>Runs a command in it, as kubectl exec does.</summary>
    public Shell.Result Exec(params string[] command) => Shell.Run("ctr", [.. Start(), .. command]);

    /// <summary>The same with its stdout in a file.</summary>
    public Shell.Result ExecTo(string file, params string[] command) => Shell.Run("sh", ["-c", "file=$1; shift; exec \"$@\" >\"$file\"", "sh", file, "ctr", .. Start(), .. command]);

    /// <summary>Resident bytes of its first process.</summary>
    public long ResidentBytes(Pod pod) => long.Parse(File.ReadAllText($"/proc/{pod.PidOf(Container)}/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    private string[] Start() =>
    [
        "-a", Containerd.Socket, "-n", "k8s.io", "tasks", "exec", "--fifo-dir", Path.Combine(Containerd.Node.Folder, "fifo"), "--exec-id", $"ask-{Interlocked.Increment(ref _executions)}", Id,
    ];
}
