using System.Globalization;

namespace NetMon.LiveTests.Support;

/// <summary>A test's own cgroup in the v2 hierarchy, below the root; removed on disposal.</summary>
internal sealed class ChildCgroup : IDisposable
{
    public ChildCgroup() => Directory.CreateDirectory(Path);

    /// <summary>The mount point of the v2 hierarchy, which is its root cgroup.</summary>
    public static string Root { get; } = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).First(fields => fields[2] == "cgroup2")[1];

    public string Path { get; } = $"{Root}/netmon-test-{Guid.NewGuid():N}"[..(Root.Length + 25)];

    /// <summary>The id in events: the inode of its directory.</summary>
    public long Id => long.Parse(Shell.Run("stat", "-c", "%i", Path).MustSucceed().Output, CultureInfo.InvariantCulture);

    /// <summary>Runs a program in this cgroup and in a network namespace.</summary>
    public Shell.Result Run(NetworkNamespace space, string program, params string[] arguments) => Shell.Run("/bin/sh", Inside(space.Command(program, arguments)));

    /// <summary>The same for a program that reads commands from stdin.</summary>
    public HeldProcess Start(NetworkNamespace space, string program, params string[] arguments) => HeldProcess.Start("/bin/sh", Inside(space.Command(program, arguments)));

    public void Dispose() => WaitFor.True(
        () =>
        {
            Directory.Delete(Path);
            return true;
        },
        $"{Path} to be empty");

    /// <summary>Joins the cgroup first: ip netns exec hides the cgroup mounts.</summary>
    private string[] Inside(string[] command) => ["-c", $"echo $$ >{Path}/cgroup.procs && exec \"$@\"", "sh", .. command];
}
