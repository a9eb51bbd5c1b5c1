using System.Globalization;

namespace NetMon.Bench;

/// <summary>What a process has used so far, as proc(5) tells.</summary>
/// <param name="CpuSeconds">User and system time of all its threads.</param>
/// <param name="GeneratorSeconds">Of these, of the thread that makes the synthetic node's events, which spins where it has to wait.</param>
/// <param name="WakeUps">Voluntary context switches of all its threads.</param>
/// <param name="ResidentMebibytes">Now.</param>
/// <param name="PeakMebibytes">At most.</param>
internal sealed record Usage(double CpuSeconds, double GeneratorSeconds, long WakeUps, double ResidentMebibytes, double PeakMebibytes)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every architecture that we run on
    private const string Generator = "(netmon-syntheti)"; // the kernel keeps 15 characters

    /// <exception cref="IOException">It has ended.</exception>
    public static Usage Of(int process)
    {
        var status = File.ReadAllLines($"/proc/{process}/status");
        var (generator, wakeUps) = (0.0, 0L);
        foreach (var task in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            try
            {
                wakeUps += Number(File.ReadLines(Path.Combine(task, "status")), "voluntary_ctxt_switches");
                var stat = File.ReadAllText(Path.Combine(task, "stat"));
                generator += stat.Contains(Generator, StringComparison.Ordinal) ? Cpu(stat) : 0;
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // A thread that has ended meanwhile.
            }
        }

        return new Usage(Cpu(File.ReadAllText($"/proc/{process}/stat")), generator, wakeUps, Number(status, "VmRSS") / 1024.0, Number(status, "VmHWM") / 1024.0);
    }

    private static double Cpu(string stat)
    {
        var fields = stat.Split(") ")[^1].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static long Number(IEnumerable<string> lines, string key) =>
        long.Parse(lines.First(line => line.StartsWith(key + ":", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
