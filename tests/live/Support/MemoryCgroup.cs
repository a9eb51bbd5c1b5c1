using System.Globalization;

namespace NetMon.LiveTests.Support;

/// <summary>
/// The memory controller's account of a process's cgroup, of v2 or v1 (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst).
/// </summary>
internal sealed class MemoryCgroup
{
    private readonly string _folder;
    private readonly bool _isV2;

    private MemoryCgroup(string folder, bool isV2) => (_folder, _isV2) = (folder, isV2);

    /// <summary>The charge at one time, bytes.</summary>
    /// <param name="Current">The total.</param>
    /// <param name="Anonymous">The part in the processes' private memory.</param>
    /// <param name="File">The part in pages of files, which the kernel can reclaim.</param>
    /// <param name="Peak">The maximum of <paramref name="Current"/> so far.</param>
    /// <param name="AtLimit">How often the limit was hit and pages had to be reclaimed.</param>
    /// <param name="Kills">Number of OOM kills.</param>
    public sealed record Reading(long Current, long Anonymous, long File, long Peak, long AtLimit, long Kills)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Mebi(Current):F1} MiB = own {Mebi(Anonymous):F1} + files {Mebi(File):F1} + kernel's; peak {Mebi(Peak):F1} MiB, at the limit {AtLimit} times, killed {Kills}");

        private static double Mebi(long bytes) => bytes / 1048576.0;
    }

    public static MemoryCgroup Of(int pid)
    {
        // "4:memory:/kubepods/…" in v1, otherwise "0::/kubepods/…" in v2.
        var lines = System.IO.File.ReadAllLines($"/proc/{pid}/cgroup").Select(line => line.Split(':', 3)).ToList();
        return lines.Find(line => line[1].Split(',').Contains("memory")) is { } v1
            ? new MemoryCgroup("/sys/fs/cgroup/memory" + v1[2], isV2: false)
            : new MemoryCgroup("/sys/fs/cgroup" + lines.Single(line => line[0] == "0")[2], isV2: true);
    }

    /// <summary>The limit, bytes.</summary>
    public long Limit => Number(_isV2 ? "memory.max" : "memory.limit_in_bytes");

    /// <summary>Null if the cgroup no longer exists.</summary>
    public Reading? TryRead()
    {
        try
        {
            var stat = Words("memory.stat");
            return _isV2
                ? new Reading(Number("memory.current"), stat["anon"], stat["file"], Number("memory.peak"), Words("memory.events")["max"], Words("memory.events")["oom_kill"])
                : new Reading(
                    Number("memory.usage_in_bytes"), stat["total_rss"], stat["total_cache"], Number("memory.max_usage_in_bytes"), Number("memory.failcnt"), Words("memory.oom_control")["oom_kill"]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private long Number(string file) => long.Parse(System.IO.File.ReadAllText(Path.Combine(_folder, file)), CultureInfo.InvariantCulture);

    private Dictionary<string, long> Words(string file) => System.IO.File.ReadLines(Path.Combine(_folder, file))
        .Select(line => line.Split(' ')).ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture));
}
