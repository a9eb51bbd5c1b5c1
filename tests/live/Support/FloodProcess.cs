using System.Diagnostics;

namespace NetMon.LiveTests.Support;

/// <summary>Emits events from a cgroup as fast as the kernel can, until disposal.</summary>
internal sealed class FloodProcess : IDisposable
{
    private readonly Process _storm;

    public FloodProcess(ChildCgroup cgroup, AgentProcess agent) => _storm = Process.Start(
        new ProcessStartInfo(Repository.Storm, ["--seconds", "3600", "--cgroup", $"{cgroup.Id}", "--agent", $"{agent.Id}"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        })!;

    public void Dispose()
    {
        _storm.Kill();
        _storm.WaitForExit();
        _storm.Dispose();
    }
}
