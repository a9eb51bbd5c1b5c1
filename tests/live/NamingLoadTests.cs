using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// 100,000 events per second from 500 containers, 50 of which start and 50 end each second; a synthetic node and its runtime.
/// </summary>
[Trait("suite", "runtimes")]
public sealed class NamingLoadTests(ITestOutputHelper output) : IDisposable
{
    private const int Rate = 100_000;
    private const int Containers = 500;
    private const int StartsPerSecond = 50;
    private const int LinesToOneParsed = 61;

    /// <summary>
    /// KiB that the agent may grow by from a third of the time to two thirds: ended containers are kept, up to 8,192 of them,
    /// and a pool of batches grows to the highest number in use. In runs of more than eight minutes both reach their bounds.
    /// </summary>
    private const long GrowthAllowed = 16 * 1024;

    private const int SecondsWithoutNames = 8;

    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("NETMON_NAMING_SECONDS") ?? "12", CultureInfo.InvariantCulture);

    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Under_load_and_churn_containers_have_their_names_and_nothing_grows(bool runtimeTellsEvents)
    {
        var without = Run("none", SecondsWithoutNames, () => { });
        await using var runtime = await SyntheticRuntime.StartAsync(_scratch["runtime.sock"], Containers, StartsPerSecond, runtimeTellsEvents);
        var with = Run($"cri://{_scratch["runtime.sock"]}", Seconds, runtime.Begin);

        var callsPerMinute = runtime.Calls / with.Time.TotalMinutes;
        var share = 100.0 * with.Named / with.Lines;
        Say($"{(runtimeTellsEvents ? "a runtime with events" : "a runtime that is asked")}: {with.Lines} events, {with.InContainers} with id, {with.Named} with names ({share:0.000} %)");
        Say($"lines come {with.Delays} after their event; without names {without.Delays}");
        Say($"{callsPerMinute:0} calls a minute to the runtime; resident {with.Resident[0]} KiB after a third, {with.Resident[^1]} KiB after two");
        Say(with.Account);
        Assert.Equal(with.Lines, with.InContainers);
        Assert.Contains("nothing lost", with.Log, StringComparison.Ordinal);
        // On a busy machine a runtime that has to be asked may answer later than an event waits.
        Assert.True(share >= (runtimeTellsEvents ? 99 : 95), $"only {share:0.00} % have names");
        Assert.True(with.Resident[^1] - with.Resident[0] <= GrowthAllowed, $"resident KiB: {string.Join(", ", with.Resident)}");
        Assert.True(callsPerMinute <= 2500, "more than twenty asks a second, each of two calls");
    }

    public void Dispose() => _scratch.Dispose();

    private static Seen Run(string runtimes, int seconds, Action begin)
    {
        var count = (long)Rate * seconds;
        using var agent = AgentProcess.Start(
            Repository.Agent,
            ["run", "--source", $"synthetic:rate={Rate},count={count},containers={Containers},churn={StartsPerSecond}", "--runtime-endpoint", runtimes],
            readStdout: true);
        begin();
        var clock = Stopwatch.StartNew();
        var (lines, inContainers, named) = (0L, 0L, 0L);
        List<double> delays = [];
        List<long> resident = [];
        while (agent.StandardOutput.ReadLine() is { } line)
        {
            var arrival = DateTime.UtcNow;
            lines++;
            if (line.Contains("\"container_id\":\"", StringComparison.Ordinal))
            {
                inContainers++;
                named += line.Contains("\"container_name\":\"\"", StringComparison.Ordinal) ? 0 : 1;
            }

            if (lines % LinesToOneParsed == 0)
            {
                AssertRightNames(line);
                delays.Add((arrival - SeenEvent.Parse(line).Time).TotalMilliseconds);
            }

            if (lines == count / 3 || lines == count / 3 * 2)
            {
                resident.Add(ResidentKibibytes(agent.Id));
            }
        }

        Assert.Equal(0, agent.WaitForExit());
        var account = LossReport.Names(agent.Log);
        return new Seen(lines, inContainers, named, new Distribution(delays), resident, account, agent.Log, clock.Elapsed);
    }

    /// <summary>The names, if present, are those of the container with this id.</summary>
    private static void AssertRightNames(string line)
    {
        using var parsed = JsonDocument.Parse(line);
        var container = parsed.RootElement.GetProperty("container");
        var name = container.GetProperty("container_name").GetString()!;
        if (name.Length > 0)
        {
            var n = int.Parse(name["main-".Length..], CultureInfo.InvariantCulture);
            Assert.Equal($"{n:x8}{n:x8}"[..12], container.GetProperty("container_id").GetString());
            Assert.Equal($"pod-{n}", container.GetProperty("pod_name").GetString());
        }
    }

    private static long ResidentKibibytes(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private void Say(FormattableString figures) => Say(figures.ToString(CultureInfo.InvariantCulture));

    private void Say(string figures)
    {
        output.WriteLine(figures);
        TestContext.Current.SendDiagnosticMessage(figures);
    }

    private sealed record Seen(
        long Lines, long InContainers, long Named, Distribution Delays, IReadOnlyList<long> Resident, string Account, string Log, TimeSpan Time);
}
