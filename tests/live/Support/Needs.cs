using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>What a test needs of the machine; where it is missing the test is skipped and says why.</summary>
internal static class Needs
{
    public static void Tracing()
    {
        Assert.SkipUnless(Environment.UserName == "root", "needs root to load BPF programs");
        Assert.SkipUnless(File.Exists("/sys/kernel/btf/vmlinux"), "needs a kernel with BTF");
    }

    public static void Program(string name) =>
        Assert.SkipUnless(Shell.Script($"command -v {name}").ExitCode == 0, $"needs the program {name}");
}
