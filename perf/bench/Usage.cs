using System.Globalization;

namespace NetMon.Bench;

/// <summary>What a process has used so far, as proc(5) tells.</summary>
/// <param name="CpuSeconds">User and system time of all its threads.</param>
/// <param name="WakeUps">Voluntary context switches of all its threads.</param>
/// <param name="ResidentMebibytes">Now.</param>
/// <param name="PeakMebibytes">At most.</param>
internal sealed record Usage(double CpuSeconds, long WakeUps, double ResidentMebibytes, double PeakMebibytes)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every architecture that we run on

    public static Usage Of(int process)
    {
        var status = File.ReadAllLines($"/proc/{process}/status");
        var times = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
        var wakeUps = Directory.EnumerateDirectories($"/proc/{process}/task")
            .Sum(task => Number(File.ReadLines(Path.Combine(task, "status")), "voluntary_ctxt_switches"));
        return new Usage(
            (long.Parse(times[11], CultureInfo.InvariantCulture) + long.Parse(times[12], CultureInfo.InvariantCulture)) / TicksPerSecond,
            wakeUps, Number(status, "VmRSS") / 1024.0, Number(status, "VmHWM") / 1024.0);
    }

    private static long Number(IEnumerable<string> lines, string key) =>
        long.Parse(lines.First(line => line.StartsWith(key + ":", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
