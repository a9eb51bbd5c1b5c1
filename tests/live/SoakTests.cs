using System.Diagnostics;
using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// An agent does not grow: under 50,000 events per second for a long time, with containers and connections that come and go,
/// and across ten hour boundaries. NETMON_SOAK_MINUTES sets the duration; <c>make soak</c> sets it to 30.
/// </summary>
[Trait("suite", "soak")]
public sealed class SoakTests(ITestOutputHelper output) : IDisposable
{
    private const int Rate = 50_000;
    private const int Hours = 10;
    private const int SecondsOfOverload = 20;
    private const int ConnectionsOfARound = 300;
    private const int CgroupsOfARound = 20;
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromSeconds(1);
    private static readonly string? Minutes = Environment.GetEnvironmentVariable("NETMON_SOAK_MINUTES");
    private readonly Scratch _scratch = new();

    [Fact]
    public void Resources_of_an_agent_on_the_kernel_stay_flat()
    {
        Needs.Storm();
        Needs.Program("ip");
        Needs.Program("bpftool");
        Needs.Program("jq");
        var duration = Duration();
        using var agent = AgentProcess.Start("--capture", _scratch["kernel"], "--node", "n1", "--keep-free", "0", "--json", "none", "--metrics", "127.0.0.1:0", "--runtime-endpoint", "none");
        Shell.Run("env", "--chdir", Repository.Root, Repository.Storm, "--seconds", $"{SecondsOfOverload}", "--agent", $"{agent.Id}").MustSucceed();
        using var storm = Process.Start(new ProcessStartInfo(Repository.Storm, ["--rate", $"{Rate}", "--seconds", "86400", "--agent", $"{agent.Id}"]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        try
        {
            MustStayFlat(agent, duration, () =>
            {
                Assert.False(storm.HasExited, "the storm has ended");
                using var space = new NetworkNamespace();
                var cgroups = Enumerable.Range(0, CgroupsOfARound).Select(_ => new ChildCgroup()).ToList();
                cgroups[0].Run(space, Repository.Load, "run", "--connections", $"{ConnectionsOfARound}", "--family", "both", "--forked", "5", "--reset", "10").MustSucceed();
                space.WaitUntilClosed();
                cgroups.ForEach(cgroup => cgroup.Dispose());
                Thread.Sleep(BetweenRounds);
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
    public void Resources_of_an_agent_stay_flat_over_ten_hour_boundaries()
    {
        var duration = Duration();
        var speed = (long)Math.Ceiling(TimeSpan.FromHours(Hours) / duration);
        using var agent = AgentProcess.Start(
            "--source", $"synthetic:rate={Rate},containers=200,churn=5,flow=2000,speed={speed}",
            "--capture", _scratch["hours"], "--node", "n1", "--keep-free", "0", "--json", "none", "--metrics", "127.0.0.1:0", "--runtime-endpoint", "none");
        agent.Signal("STOP");
        Thread.Sleep(TimeSpan.FromSeconds(SecondsOfOverload)); // the source catches up as fast as it can
        agent.Signal("CONT");
        MustStayFlat(agent, duration, () => Thread.Sleep(BetweenRounds)); // the agent generates the load itself
        EndsWhole(agent, "hours");
        var files = Directory.GetFiles(_scratch["hours/events"], "*.parquet", SearchOption.AllDirectories).Length;
        output.WriteLine($"{files} hours' files");
        Assert.True(files >= Hours, $"only {files} hours were sealed");
    }

    public void Dispose() => _scratch.Dispose();

    private static TimeSpan Duration()
    {
        Assert.SkipWhen(Minutes is null, "NETMON_SOAK_MINUTES does not say how long to soak: make soak");
        return TimeSpan.FromMinutes(double.Parse(Minutes!, CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// The rule: the run is divided into tenths, each represented by its medians, so that a moment in which a busy machine leaves the
    /// agent without a CPU has no effect. Such a moment permanently enlarges the pool of batches; an overload before the first tenth
    /// has done so already. After three tenths every buffer and cache has been used. From the fourth tenth to the
    /// sixth, and from the sixth to the last, <see cref="Holdings.IsFlatAfter"/> must hold; losses must be counted.
    /// </summary>
    private void MustStayFlat(AgentProcess agent, TimeSpan duration, Action round)
    {
        var clock = Stopwatch.StartNew();
        var tenths = new List<Holdings>();
        var rounds = 0;
        for (var tenth = 1; tenth <= 10; tenth++)
        {
            var moments = new List<Holdings>();
            var entries = Holdings.CountMapEntries(agent);
            do
            {
                round();
                rounds++;
                moments.Add(Holdings.Of(agent, entries));
            }
            while (clock.Elapsed < duration * tenth / 10);
            tenths.Add(Holdings.Median(moments));
            output.WriteLine($"tenth {tenth}: {tenths[^1]}; at most {moments.Max(moment => moment.ResidentKib) / 1024} MiB resident; {rounds} rounds");
        }

        var (start, middle, end) = (tenths[3], tenths[5], tenths[9]);
        Assert.True(middle.IsFlatAfter(start) && end.IsFlatAfter(middle), $"it grew\nstart: {start}\nmiddle: {middle}\nend: {end}");
    }

    /// <summary>Stops the agent and compares its summary with its files.</summary>
    private void EndsWhole(AgentProcess agent, string capture)
    {
        agent.Stop();
        var account = agent.Log.Split('\n').Last(line => line.Contains("stopped:", StringComparison.Ordinal));
        output.WriteLine(account);
        var rows = Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch[capture])}");
        output.WriteLine($"{rows} rows");
        Assert.Equal(LossReport.Number(agent.Log, "seen") - LossReport.Total(agent.Log), rows);
    }
}
