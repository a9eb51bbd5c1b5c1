using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>A test's requirements of the machine; a missing one skips the test and says why.</summary>
internal static class Needs
{
    /// <summary>Any other reason why it does not load is a failure of the tests.</summary>
    private static readonly Lazy<bool> ForbidsMapIterator = new(() => Shell.Run(Repository.Agent, "doctor").Output.Split('\n')
        .Any(line => line.Contains("iter/bpf_map_elem", StringComparison.Ordinal) && line.Contains("Operation not permitted", StringComparison.Ordinal)));

    public static void Tracing()
    {
        Assert.SkipUnless(Environment.UserName == "root", "needs root to load BPF programs");
        Assert.SkipUnless(File.Exists("/sys/kernel/btf/vmlinux"), "needs a kernel with BTF");
    }

    /// <summary>What reports open connections and keeps their state for the next agent. Some builds of a kernel forbid it (EPERM).</summary>
    public static void MapIterator()
    {
        Tracing();
        Assert.SkipWhen(ForbidsMapIterator.Value, "needs a kernel that allows iter/bpf_map_elem: netmon doctor says why this one does not");
    }

    /// <summary>Emits events from the kernel into the agent's rings, without connections.</summary>
    public static void Storm()
    {
        Tracing();
        Assert.SkipUnless(File.Exists(Path.Combine(Repository.Root, "bin/netstorm")), "needs bin/netstorm: make bin/netstorm");
    }

    public static void Program(string name) =>
        Assert.SkipUnless(Shell.Script($"command -v {name}").ExitCode == 0, $"needs the program {name}");

    /// <summary>Requirements of containerd and its pods.</summary>
    public static void Containers() => Runtimes(["containerd", "ctr"], ["/usr/lib/cni/bridge"]);

    /// <summary>Requirements of dockerd and its containers.</summary>
    public static void Docker() => Runtimes(["dockerd", "docker"], []);

    private static void Runtimes(string[] programs, string[] files)
    {
        Tracing();
        programs = [.. programs, "runc", "busybox", "jq", "cc", "ip", "nsenter", "setpriv", "unshare"];
        var missing = programs.Where(name => Shell.Script($"command -v {name}").ExitCode != 0).Concat(files.Where(file => !File.Exists(file)));
        var named = string.Join(' ', missing);
        Assert.SkipUnless(
            named.Length == 0,
            $"missing: {named}; install containerd runc docker.io containernetworking-plugins busybox-static jq gcc iproute2 util-linux (tests/runtimes/setup.sh does)");
    }
}
