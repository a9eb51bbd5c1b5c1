using System.Globalization;

namespace NetMon.LiveTests.Support;

/// <summary>The CPU limit of a process's cgroup, of v2 or v1 (Documentation/admin-guide/cgroup-v2.rst, scheduler/sched-bwc.rst).</summary>
internal static class CpuCgroup
{
    private const int PeriodMicroseconds = 100_000;

    /// <summary>Sets it in thousandths of a CPU, as Kubernetes counts them.</summary>
    public static void Limit(int pid, int millis)
    {
        var quota = (millis * PeriodMicroseconds / 1000).ToString(CultureInfo.InvariantCulture);
        var lines = File.ReadAllLines($"/proc/{pid}/cgroup").Select(line => line.Split(':', 3)).ToList();
        if (lines.Find(line => line[1].Split(',').Contains("cpu")) is { } v1)
        {
            File.WriteAllText($"/sys/fs/cgroup/cpu{v1[2]}/cpu.cfs_quota_us", quota);
        }
        else
        {
            File.WriteAllText($"/sys/fs/cgroup{lines.Single(line => line[0] == "0")[2]}/cpu.max", $"{quota} {PeriodMicroseconds}");
        }
    }
}
