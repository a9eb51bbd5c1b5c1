using System.Globalization;
using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>A test's own cgroup with limits of memory and CPU, v2 or v1; disposal removes it once it is empty.</summary>
internal sealed class LimitedCgroup : IDisposable
{
    private const int PeriodMicroseconds = 100_000;
    private readonly string _name = $"netmon-test-{Guid.NewGuid():N}"[..24];
    private readonly List<string> _folders = [];
    private readonly string _memory;
    private readonly string _cpu;
    private readonly bool _isV2;

    /// <summary>Without limits yet. Skips the test if this user can't create one.</summary>
    public LimitedCgroup()
    {
        _isV2 = !Directory.Exists("/sys/fs/cgroup/memory");
        try
        {
            if (_isV2)
            {
                File.WriteAllText("/sys/fs/cgroup/cgroup.subtree_control", "+memory +cpu");
            }

            _memory = Make("memory");
            _cpu = Make("cpu");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"needs a cgroup with controllers of memory and CPU: {e.Message}");
            throw;
        }
    }

    /// <summary>Limits memory, including page cache and kernel memory.</summary>
    public void LimitMemory(long bytes) => File.WriteAllText(Path.Combine(_memory, _isV2 ? "memory.max" : "memory.limit_in_bytes"), bytes.ToString(CultureInfo.InvariantCulture));

    /// <summary>Limits the CPU in thousandths of one.</summary>
    public void LimitCpu(int millis)
    {
        var quota = millis * PeriodMicroseconds / 1000;
        var text = quota.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(Path.Combine(_cpu, _isV2 ? "cpu.max" : "cpu.cfs_quota_us"), _isV2 ? $"{text} {PeriodMicroseconds}" : text);
    }

    /// <summary>The command line that runs a program in it.</summary>
    public string[] Command(string program, params string[] arguments) =>
        ["/bin/sh", "-c", $"{string.Concat(_folders.Select(folder => $"echo $$ >{folder}/cgroup.procs && "))}exec \"$@\"", "sh", program, .. arguments];

    public void Dispose() => _folders.ForEach(folder => WaitFor.True(
        () =>
        {
            Directory.Delete(folder);
            return true;
        },
        $"{folder} to be empty"));

    private string Make(string controller)
    {
        var folder = _isV2 ? $"/sys/fs/cgroup/{_name}" : $"/sys/fs/cgroup/{controller}/{_name}";
        if (!_folders.Contains(folder))
        {
            Directory.CreateDirectory(folder);
            _folders.Add(folder);
        }

        return folder;
    }
}
