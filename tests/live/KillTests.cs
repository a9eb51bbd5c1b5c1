using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// SIGKILL at random moments under 50,000 events per second, repeatedly on one capture directory. The JSON lines of
/// each run are the reference. A third of the kills fall near the seal of an hour, a third into the write of a piece or a roll-up, the others at any time.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int KillsOfARound = 10;
    private const long SecondsPerHour = 3600;

    /// <summary>Number of kills.</summary>
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("NETMON_KILLS") ?? "10", CultureInfo.InvariantCulture);

    /// <summary>A third of them; all of them if a number is set.</summary>
    private static readonly int KernelKills = Environment.GetEnvironmentVariable("NETMON_KILLS") is null ? 3 : Kills;

    /// <summary>Of at least this many kills a fifth must fall into the write of a file; with fewer it is chance.</summary>
    private const int ManyKills = 100;

    private readonly Random _random = new();

    [Fact]
    public void Every_event_older_than_a_second_survives_a_kill_exactly_once()
    {
        var (rows, torn, sealing, oldest) = (0L, 0, 0, 0L);
        for (var done = 0; done < Kills; done += KillsOfARound)
        {
            using var scratch = new Scratch();
            var runs = new List<KilledRun>();
            for (var kill = 0; kill < Math.Min(KillsOfARound, Kills - done); kill++)
            {
                // Two hours further each time: the time of an event identifies its run.
                var boundary = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / SecondsPerHour + 2 * kill + 2) * SecondsPerHour;
                runs.Add(KilledRun.Run(scratch, kill, boundary, (KillMoment)(kill % Enum.GetValues<KillMoment>().Length), _random));
            }

            var (kept, cut) = Account(scratch, runs);
            rows += kept;
            torn += cut;
            oldest = Math.Max(oldest, runs.Max(run => run.OldestLost(scratch)));
            sealing += runs.Count(run => run.WasSealing);
            Assert.Equal(runs.Count - 1, Duck.Number($"SELECT count(*) FROM {Duck.Losses(scratch["capture"])} WHERE stage = 'agent' AND reason = 'down'"));
        }

        Assert.True(Kills < ManyKills || sealing >= Kills / 5, $"{sealing} of {Kills} kills came while a file was being made");
        output.WriteLine($"{Kills} kills, {sealing} of them while a piece, an hour or a roll-up was being made; {rows} rows, each once; {torn} torn tails cut off; the oldest event lost was {oldest / 1000} ms old");
    }

    [Fact]
    public void Every_event_of_the_kernel_older_than_a_second_survives_a_kill_exactly_once()
    {
        Needs.Tracing();
        var (rows, torn, sealing, oldest) = (0L, 0, 0, 0L);
        for (var done = 0; done < KernelKills; done += KillsOfARound)
        {
            using var scratch = new Scratch();
            var runs = Enumerable.Range(0, Math.Min(KillsOfARound, KernelKills - done)).Select(kill => KilledRun.RunOnKernel(scratch, kill, _random)).ToList();
            var (kept, cut) = Account(scratch, runs);
            rows += kept;
            torn += cut;
            oldest = Math.Max(oldest, runs.Max(run => run.OldestLost(scratch)));
            sealing += runs.Count(run => run.WasSealing);
        }

        output.WriteLine($"{KernelKills} kills, {sealing} of them while a piece, an hour or a roll-up was being made; {rows} rows, each once; {torn} torn tails cut off; the oldest event lost was {oldest / 1000} ms old");
    }

    /// <summary>Starts the agent once more, which seals what the kills have left, and compares: stored rows, torn tails.</summary>
    private static (long Rows, int Torn) Account(Scratch scratch, List<KilledRun> runs)
    {
        var last = AgentProcess.Start([.. KilledRun.Options(scratch), "--json", "none", "--source", "synthetic:count=0"]);
        Assert.Equal(0, last.WaitForExit());
        Assert.Empty(Directory.EnumerateFiles(scratch["capture"], "*.arrows", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(scratch["capture"], "*.partial", SearchOption.AllDirectories));
        string[] logs = [.. runs.Select(run => run.Log), last.Log];
        Assert.All(logs, log => Assert.DoesNotContain("fails", log, StringComparison.Ordinal));
        KilledRun.AssertRollupsEqualRows(scratch);
        return (KilledRun.AssertAllThere(scratch, runs), logs.Sum(log => log.Split("cut off").Length - 1));
    }
}
