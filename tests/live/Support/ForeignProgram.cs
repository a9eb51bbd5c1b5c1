using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>Third-party BPF programs (tests/live/programs/foreign.bpf.c) at a cgroup, attached until disposed.</summary>
internal sealed class ForeignProgram : IDisposable
{
    private const int NotHere = 4;
    private readonly HeldProcess _process;

    private ForeignProgram(HeldProcess process) => _process = process;

    /// <summary>Attaches them by links, the common way today. Skips the test if this kernel can't load one of them.</summary>
    public static ForeignProgram Attach(string cgroup, params string[] programs) => Attach(cgroup, "link", programs);

    /// <summary>Attaches them with flags of the older API: exclusive, override or multi.</summary>
    public static ForeignProgram AttachWithFlags(string cgroup, string flags, params string[] programs) => Attach(cgroup, flags, programs);

    public void Dispose()
    {
        _process.End().MustSucceed();
        _process.Dispose();
    }

    private static ForeignProgram Attach(string cgroup, string how, string[] programs)
    {
        string[] arguments = [Path.Combine(Repository.Root, "artifacts/bpf/foreign.bpf.o"), cgroup, how, .. programs];
        var tried = Shell.Script($"{Repository.Foreign} {string.Join(' ', arguments)} </dev/null");
        Assert.SkipWhen(tried.ExitCode == NotHere, $"this kernel can't load {string.Join(' ', programs)}: {tried.Error.Trim()}");
        tried.MustSucceed();
        var process = HeldProcess.Start(Repository.Foreign, arguments);
        process.WaitForLine("attached");
        return new ForeignProgram(process);
    }
}
