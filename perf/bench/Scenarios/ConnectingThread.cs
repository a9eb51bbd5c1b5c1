using System.Diagnostics;
using System.Globalization;

namespace NetMon.Bench.Scenarios;

/// <summary>
/// The agent's added CPU time in a thread that makes connections, both ends of each. Each setting of the agent is measured
/// between two runs without it, and next to a foreign program that does nothing: the lower bound.
/// </summary>
internal static class ConnectingThread
{
    private const int Connections = 20_000;

    private static string CgroupRoot => File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).FirstOrDefault(fields => fields[2] == "cgroup2")?[1]
        ?? throw new InvalidOperationException("no cgroup v2 is mounted: mount -t cgroup2 none DIRECTORY");

    public static IEnumerable<Figure> Measure(bool quick)
    {
        (string Name, string What, Func<Process> Start)[] settings =
        [
            ("default", "with the agent", () => Agent("auto")),
            ("listener", "with --accept-owner listener", () => Agent("listener")),
            ("floor", "with an empty sock_ops program instead", Floor),
        ];
        var added = settings.ToDictionary(setting => setting.Name, _ => new List<double>());
        List<double> bare = [];
        for (var turn = 0; turn < (quick ? 3 : 9); turn++)
        {
            foreach (var (name, _, start) in settings)
            {
                var before = Cost();
                double with;
                using (var process = start())
                {
                    with = Cost();
                    End(process);
                }

                var after = Cost();
                bare.AddRange([before, after]);
                added[name].Add(with - ((before + after) / 2));
            }
        }

        var alone = Median(bare);
        yield return new Figure("connecting.bare_us", alone, "us", "a connection, both ends, on the thread that makes it: without anything");
        foreach (var (name, what, _) in settings)
        {
            yield return new Figure($"connecting.added_us.{name}", Median(added[name]), "us", $"  added {what}");
            yield return new Figure($"connecting.ratio.{name}", 1 + (Median(added[name]) / alone), "ratio", "  as a ratio");
        }
    }

    private static double Cost() => Tools.Value(
        Tools.Run("unshare", "-n", "sh", "-c", string.Create(CultureInfo.InvariantCulture, $"ip link set lo up && exec bin/netload cost --connections {Connections}")), "cpu_us_per_connection");

    private static Process Agent(string owner) => Started(
        Tools.Agent, "ready:", "run", "--json", "none", "--state", "none", "--accept-owner", owner);

    private static Process Floor() => Started(
        Path.Combine(Tools.Root, "bin/netforeign"), "attached", Path.Combine(Tools.Root, "artifacts/bpf/foreign.bpf.o"), CgroupRoot, "link", "follow_only");

    /// <summary>Waits for a line with this text in either output.</summary>
    private static Process Started(string program, string text, params string[] arguments)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        var seen = new ManualResetEventSlim();
        void Take(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null || line.Data.Contains(text, StringComparison.Ordinal))
            {
                seen.Set();
            }
        }

        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return seen.Wait(TimeSpan.FromMinutes(2)) && !process.HasExited ? process : throw new InvalidOperationException($"{program} does not start");
    }

    private static void End(Process process)
    {
        process.StandardInput.Close(); // ends netforeign
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        process.WaitForExit();
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
