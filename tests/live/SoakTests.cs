using System.Diagnostics;
using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// What an agent holds does not grow: under 50,000 events a second for a long time, with containers and connections that come and go,
/// and with ten hours' ends. NETMON_SOAK_MINUTES says for how long; <c>make soak</c> sets it to 30.
/// </summary>
[Trait("suite", "soak")]
public sealed class SoakTests(ITestOutputHelper output) : IDisposable
{
    private const int Rate = 50_000;
    private const int Hours = 10;
    private const int ConnectionsOfARound = 300;
    private const int CgroupsOfARound = 20;
    private static readonly string? Minutes = Environment.GetEnvironmentVariable("NETMON_SOAK_MINUTES");
    private readonly Scratch _scratch = new();

    [Fact]
    public void An_agent_on_the_kernel_holds_at_the_end_what_it_held_in_the_middle()
    {
        Needs.Storm();
        Needs.Program("ip");
        var duration = Duration();
        using var agent = AgentProcess.Start("--capture", _scratch["kernel"], "--node", "n1", "--keep-free", "0", "--json", "none", "--metrics", "127.0.0.1:0", "--runtime-endpoint", "none");
        using var storm = Process.Start(new ProcessStartInfo(Repository.Storm, ["--rate", $"{Rate}", "--seconds", "86400", "--agent", $"{agent.Id}"]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        try
        {
            MustStayFlat(agent, duration, () =>
            {
                using var space = new NetworkNamespace();
                var cgroups = Enumerable.Range(0, CgroupsOfARound).Select(_ => new ChildCgroup()).ToList();
                cgroups[0].Run(space, Repository.Load, "run", "--connections", $"{ConnectionsOfARound}", "--family", "both", "--forked", "5", "--reset", "10").MustSucceed();
                space.WaitUntilClosed();
                cgroups.ForEach(cgroup => cgroup.Dispose());
            });
        }
        finally
        {
            storm.Kill();
            storm.WaitForExit();
        }

        EndsWhole(agent, "kernel");
    }

    [Fact]
    public void An_agent_over_ten_hours_ends_holds_at_the_end_what_it_held_in_the_middle()
    {
        var duration = Duration();
        var speed = (long)Math.Ceiling(TimeSpan.FromHours(Hours) / duration);
        using var agent = AgentProcess.Start(
            "--source", $"synthetic:rate={Rate},containers=200,churn=5,flow=2000,speed={speed}",
            "--capture", _scratch["hours"], "--node", "n1", "--keep-free", "0", "--json", "none", "--metrics", "127.0.0.1:0", "--runtime-endpoint", "none");
        MustStayFlat(agent, duration, () => Thread.Sleep(TimeSpan.FromSeconds(1))); // the load is the agent's own
        var rows = EndsWhole(agent, "hours");
        var files = Directory.GetFiles(_scratch["hours/events"], "*.parquet", SearchOption.AllDirectories).Length;
        output.WriteLine($"{files} hours' files, {rows} rows");
        Assert.True(files >= Hours, $"only {files} hours were sealed");
    }

    public void Dispose() => _scratch.Dispose();

    private static TimeSpan Duration()
    {
        Assert.SkipWhen(Minutes is null, "NETMON_SOAK_MINUTES does not say how long to soak: make soak");
        return TimeSpan.FromMinutes(double.Parse(Minutes!, CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// The rule: after a fifth of the time all buffers have been used; from then to the middle, and from the middle to the end, resident
    /// memory (the most of a tenth of the time) grows by less than a twentieth and 4 MiB, and descriptors, threads, the kernel's memory
    /// and what the directory knows do not grow by more than a few.
    /// </summary>
    private void MustStayFlat(AgentProcess agent, TimeSpan duration, Action round)
    {
        var clock = Stopwatch.StartNew();
        var samples = new List<(double At, Held Held)>();
        while (clock.Elapsed < duration)
        {
            round();
            samples.Add((clock.Elapsed / duration, Held.By(agent)));
        }

        var (start, middle, end) = (Most(0.2, 0.3), Most(0.45, 0.55), Most(0.9, 1.1));
        output.WriteLine($"start {start}\nmiddle {middle}\nend {end}\n{samples.Count} rounds");
        Assert.True(middle.IsFlatAfter(start) && end.IsFlatAfter(middle), $"it grew: start {start}; middle {middle}; end {end}");

        Held Most(double from, double to) => samples.Where(sample => sample.At >= from && sample.At < to).Select(sample => sample.Held).DefaultIfEmpty(samples[^1].Held).Aggregate(Held.Most);
    }

    private long EndsWhole(AgentProcess agent, string capture)
    {
        agent.Stop();
        output.WriteLine(agent.Log.Split('\n').Last(line => line.Contains("stopped:", StringComparison.Ordinal)));
        Assert.Contains("nothing lost", agent.Log, StringComparison.Ordinal);
        var rows = Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch[capture])}");
        Assert.Equal(LossReport.Number(agent.Log, "seen"), rows);
        return rows;
    }

    /// <summary>What an agent held at a time.</summary>
    private sealed record Held(long ResidentKib, int Descriptors, int Threads, long KernelBytes, long Cgroups)
    {
        public static Held By(AgentProcess agent)
        {
            var proc = $"/proc/{agent.Id}";
            var scrape = Scrape.Of(agent);
            return new Held(
                Status(proc, "VmRSS"), Directory.GetFileSystemEntries($"{proc}/fd").Length, (int)Status(proc, "Threads"),
                (long)scrape.Sum("netmon_kernel_memory_bytes"), (long)scrape.Sum("netmon_cgroups"));
        }

        public static Held Most(Held a, Held b) => new(
            Math.Max(a.ResidentKib, b.ResidentKib), Math.Max(a.Descriptors, b.Descriptors), Math.Max(a.Threads, b.Threads),
            Math.Max(a.KernelBytes, b.KernelBytes), Math.Max(a.Cgroups, b.Cgroups));

        public bool IsFlatAfter(Held before) =>
            ResidentKib <= before.ResidentKib * 21 / 20 + 4096 && Descriptors <= before.Descriptors + 8 && Threads <= before.Threads + 4
            && KernelBytes == before.KernelBytes && Cgroups <= Math.Max(before.Cgroups * 11 / 10, EndedCgroups + 1000);

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{ResidentKib / 1024.0:0.0} MiB resident, {Descriptors} descriptors, {Threads} threads, {KernelBytes / 1048576.0:0.0} MiB in the kernel, {Cgroups} cgroups known");

        private const long EndedCgroups = 8192; // that many of the ended are remembered for ten minutes: it grows until then

        private static long Status(string proc, string name) =>
            long.Parse(File.ReadLines($"{proc}/status").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split((char[])[' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
