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

    /// <summary>The command line that runs another one in this cgroup.</summary>
    public string[] Inside(params string[] command) => ["/bin/sh", "-c", $"echo $$ >{Path}/cgroup.procs && exec \"$@\"", "sh", .. command];

    public void Dispose() => WaitFor.True(
        () =>
        {
            Directory.Delete(Path);
            return true;
        },
        $"{Path} to be empty");
}
