using System.Globalization;

namespace NetMon.Bench;

/// <summary>Resources that a process has used so far, from proc(5).</summary>
/// <param name="CpuSeconds">User and system time of all its threads.</param>
/// <param name="GeneratorSeconds">The part of the thread that generates the synthetic node's events, which spins while it waits.</param>
/// <param name="WakeUps">Voluntary context switches of all its threads.</param>
/// <param name="ResidentMebibytes">Now.</param>
/// <param name="PeakMebibytes">At most.</param>
internal sealed record Usage(double CpuSeconds, double GeneratorSeconds, long WakeUps, double ResidentMebibytes, double PeakMebibytes)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every supported architecture
    private const string Generator = "(netmon-syntheti)"; // the kernel keeps 15 characters

    /// The process has exited.
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
                // The thread has just exited.
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
