using NetMon.Native;
using NetMon.Sources.Kernel.Cgroups;
using Xunit;

namespace NetMon.UnitTests.Sources;

/// <summary>Which hierarchy distinguishes containers, by the kernel's mounts and controllers.</summary>
public sealed class CgroupHierarchyTests
{
    private const string NoController = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t0\t120\t1\nmemory\t0\t120\t1\npids\t0\t120\t1";
    private const string AllControllers = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t5\t8\t1\ncpu\t3\t70\t1\nmemory\t9\t120\t1\nhugetlb\t0\t1\t1\npids\t4\t77\t1";
    private const string NoMemory = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t3\t70\t1\nmemory\t0\t1\t0\npids\t4\t77\t1";

    private const string Unified = "35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot";
    private const string Namespaced = "612 610 0:30 /../../.. /sys/fs/cgroup ro,nosuid - cgroup2 cgroup2 rw";
    private const string Hybrid = """
        31 24 0:26 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755
        32 31 0:27 / /sys/fs/cgroup/unified rw,nosuid shared:10 - cgroup2 cgroup2 rw,nsdelegate
        33 31 0:28 / /sys/fs/cgroup/systemd rw shared:11 - cgroup cgroup rw,xattr,name=systemd
        36 31 0:32 / /sys/fs/cgroup/memory rw shared:16 - cgroup cgroup rw,memory
        37 31 0:33 / /sys/fs/cgroup/pids rw shared:17 - cgroup cgroup rw,pids
        """;

    private const string V1 = """
        24 18 0:22 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755
        25 24 0:23 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
        28 24 0:26 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
        29 24 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        30 24 0:28 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
        """;

    private const string V1Contained = """
        812 810 0:27 /docker/0123 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
        813 810 0:28 /docker/0123 /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids
        """;

    [Theory]
    [InlineData("unified node", Unified, NoController, CgroupVersion.Auto, "V2  0 /sys/fs/cgroup: unified (v2)")]
    [InlineData("a container of it", Namespaced, NoController, CgroupVersion.Auto, "V2  0 /sys/fs/cgroup: unified (v2)")]
    [InlineData("a container that sees none", "", NoController, CgroupVersion.Auto, "V2  0 : v2, not mounted here")]
    [InlineData("hybrid node", Hybrid, AllControllers, CgroupVersion.Auto, "V2  0 /sys/fs/cgroup/unified: hybrid: v1 controllers, and v2")]
    [InlineData("hybrid node, v1 asked for", Hybrid, AllControllers, CgroupVersion.V1, "V1 memory 9 /sys/fs/cgroup/memory: hybrid: v1 controllers, and v2")]
    [InlineData("v1 node", V1, AllControllers, CgroupVersion.Auto, "V1 memory 9 /sys/fs/cgroup/memory: v1 only")]
    [InlineData("v1 node without memory (Debian 10 on arm64)", V1, NoMemory, CgroupVersion.Auto, "V1 pids 4 /sys/fs/cgroup/pids: v1 only")]
    [InlineData("v1 node, v2 asked for", V1, AllControllers, CgroupVersion.V2, "V2  0 : v1 only")]
    [InlineData("a container of a v1 node", V1Contained, AllControllers, CgroupVersion.Auto, "V1 memory 9 : v1 only")]
    [InlineData("unified node, v1 asked for", Unified, NoController, CgroupVersion.V1, "none")]
    [InlineData("a space in the path", @"35 24 0:30 / /mnt/c\040g rw - cgroup2 none rw", NoController, CgroupVersion.Auto, "V2  0 /mnt/c g: unified (v2)")]
    [InlineData("lines that are cut", "35 24\n - cgroup2\n35 24 0:30 / /x - cgroup2 none rw\nx - y", "memory\npids\t", CgroupVersion.Auto, "V2  0 /x: unified (v2)")]
    public void The_hierarchy_of_a_node_is_detected(string node, string mountInfo, string controllers, CgroupVersion asked, string expected)
    {
        var hierarchy = CgroupHierarchy.Choose(asked, mountInfo.Split('\n'), controllers.Split('\n'));

        var shown = hierarchy is null ? "none" : $"{hierarchy.Version} {hierarchy.Controller} {hierarchy.Id} {hierarchy.MountPoint}: {hierarchy.Mode}";
        Assert.True(expected == shown, $"{node}: {shown}");
    }

    [Fact]
    public void The_tree_is_read_with_the_inodes_of_its_directories()
    {
        var folder = Directory.CreateTempSubdirectory("netmon-tree").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "kubepods/pod1/abc"));
            Directory.CreateDirectory(Path.Combine(folder, "system.slice"));
            File.WriteAllText(Path.Combine(folder, "kubepods/cgroup.procs"), "1");
            Directory.CreateSymbolicLink(Path.Combine(folder, "kubepods/link"), "/");
            var mount = $"1 1 0:1 / {folder.Replace(" ", "\\040", StringComparison.Ordinal)} rw - cgroup cgroup rw,pids";
            var hierarchy = CgroupHierarchy.Choose(CgroupVersion.V1, [mount], ["pids\t4\t1\t1"])!;
            var seen = new Dictionary<string, ulong>();

            Assert.True(hierarchy.Walk(null, (id, path) => seen.Add(System.Text.Encoding.UTF8.GetString(path), id)));

            Assert.Equal(["/", "/kubepods", "/kubepods/pod1", "/kubepods/pod1/abc", "/system.slice"], seen.Keys.Order(StringComparer.Ordinal));
            Assert.All(seen, pair => Assert.Equal(InodeOf(folder + pair.Key), pair.Value));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_invisible_hierarchy_is_not_read()
    {
        var hierarchy = CgroupHierarchy.Choose(CgroupVersion.V1, [], ["pids\t4\t1\t1"])!;

        Assert.False(hierarchy.Walk(null, (_, _) => Assert.Fail("there is nothing to see")));
    }

    private static ulong InodeOf(string path)
    {
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%i", path]) { RedirectStandardOutput = true })!;
        return ulong.Parse(stat.StandardOutput.ReadToEnd(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
