using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace NetMon.Bench;

/// <summary>The programs that the bench runs, and their output.</summary>
internal static partial class Tools
{
    public static string Root => Repository.Root;

    public static string Agent => Path.Combine(Root, "bin/netmon");

    public static string Query => Path.Combine(Root, "bin/netmon-query");

    /// <summary>Whether a program is on the PATH.</summary>
    public static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs a program until it exits; returns its stdout. Throws if it fails.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = Root })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    /// <summary>Emits kernel events into this agent's rings; a rate of 0: as many as possible. Returns their number.</summary>
    public static long Storm(Agent agent, int rate, int seconds) => (long)Value(
        Run(Path.Combine(Root, "bin/netstorm"), "--agent", Text(agent.Id), "--rate", Text(rate), "--seconds", Text(seconds)), "records");

    /// <summary>Real connections, in a network namespace of their own.</summary>
    public static string Load(int connections, int rate) => Run(
        "unshare", "-n", "sh", "-c",
        string.Create(CultureInfo.InvariantCulture, $"ip link set lo up && exec bin/netload run --family both --refused 3 --connections {connections} --rate {rate}"));

    /// <summary>The same at full speed, by IPv4, to a single loopback address.</summary>
    public static string LoadOn(string address, int connections) => Run(
        "unshare", "-n", "sh", "-c",
        string.Create(CultureInfo.InvariantCulture, $"ip link set lo up && exec bin/netload run --address {address} --connections {connections}"));

    /// <summary>Bytes of all files in a folder of a capture: events, rollup, hot.</summary>
    public static long Bytes(string capture, string folder) =>
        Directory.EnumerateFiles(Path.Combine(capture, folder), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

    /// <summary>The value of "name=1.5" or "name 1.5" in a tool's output.</summary>
    public static double Value(string output, string name)
    {
        var match = Regex.Match(output, $@"\b{Regex.Escape(name)}[= ]([0-9.]+)");
        return match.Success ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"there is no {name} in: {output}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
