using System.Globalization;

namespace NetMon.LiveTests.Support;

/// <summary>A cgroup of a test's own in the v2 hierarchy, below the root; removed with it.</summary>
internal sealed class ChildCgroup : IDisposable
{
    public ChildCgroup() => Directory.CreateDirectory(Path);

    /// <summary>Where the v2 hierarchy is mounted, which is its root cgroup.</summary>
    public static string Root { get; } = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).First(fields => fields[2] == "cgroup2")[1];

    public string Path { get; } = $"{Root}/netmon-test-{Guid.NewGuid():N}"[..(Root.Length + 25)];

    /// <summary>As it is in events: the inode of its directory.</summary>
    public long Id => long.Parse(Shell.Run("stat", "-c", "%i", Path).MustSucceed().Output, CultureInfo.InvariantCulture);

    /// <summary>Runs a program of a network namespace in this cgroup.</summary>
    public Shell.Result Run(NetworkNamespace space, string program, params string[] arguments) => Shell.Run("/bin/sh", Inside(space.Command(program, arguments)));

    /// <summary>The same of one that is led by stdin.</summary>
    public HeldProcess Start(NetworkNamespace space, string program, params string[] arguments) => HeldProcess.Start("/bin/sh", Inside(space.Command(program, arguments)));

    public void Dispose() => WaitFor.True(
        () =>
        {
            Directory.Delete(Path);
            return true;
        },
        $"{Path} to be empty");

    /// <summary>The cgroup is joined first: ip netns exec hides where cgroups are mounted.</summary>
    private string[] Inside(string[] command) => ["-c", $"echo $$ >{Path}/cgroup.procs && exec \"$@\"", "sh", .. command];
}
