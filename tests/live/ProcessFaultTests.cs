using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// Faults of a process: it is stopped, starved of CPU, or killed by the OOM killer. The summary stays correct in each case.
/// </summary>
public sealed class ProcessFaultTests(ITestOutputHelper output) : IDisposable
{
    private static readonly int ShortConnections = int.Parse(Environment.GetEnvironmentVariable("NETMON_SHORT_CONNECTIONS") ?? "20000", CultureInfo.InvariantCulture);
    private readonly Scratch _scratch = new();

    [Fact]
    public void A_stopped_agent_counts_overflow_of_the_rings_and_continues()
    {
        Needs.Tracing();
        using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--metrics", "127.0.0.1:0", "--ring-memory", "0.25");
        agent.Signal("STOP");
        WaitFor.True(() => Status(agent, "State").StartsWith('T'), "the agent to be stopped");
        Shell.Run(Repository.Load, "run", "--connections", "10000", "--name", "stopped").MustSucceed();
        Thread.Sleep(10_000); // longer than health allows a loop to block: health must not report one that makes progress
        agent.Signal("CONT");
        WaitFor.True(() => Scrape.Get(agent, "/readyz").Status == 200, "it to be ready again");
        Shell.Run(Repository.Load, "run", "--connections", "100", "--name", "after").MustSucceed();
        WaitFor.True(() => File.ReadLines(_scratch["events.json"]).Count(line => line.Contains("\"after\"", StringComparison.Ordinal)) == 400, "what came after");
        agent.Stop();
        AssertAccount(agent.Log, atLeast: 10_000 * 4);
        Assert.True(LossReport.Number(agent.Log, "source.ring_full") > 0, agent.Log);
    }

    [Fact]
    public void With_a_fiftieth_of_a_CPU_it_counts_losses_and_stops_in_time()
    {
        Needs.Tracing();
        using var limits = new LimitedCgroup();
        using (var agent = Start(limits, "--json", _scratch["events.json"], "--capture", _scratch["capture"]))
        {
            limits.LimitCpu(20);
            Shell.Run(Repository.Load, "run", "--connections", "30000", "--name", "starved").MustSucceed();
            limits.LimitCpu(1000); // otherwise the stop takes a minute, and nobody gives an agent so little
            agent.Stop();
            AssertAccount(agent.Log, atLeast: 30_000 * 4);
            var rows = Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])}");
            Assert.Equal(LossReport.Number(agent.Log, "parquet"), rows);
        }
    }

    [Fact]
    public void After_an_OOM_kill_the_next_agent_takes_over_its_files()
    {
        using var limits = new LimitedCgroup();
        using (var agent = Start(limits, "--json", _scratch["events.json"], "--capture", _scratch["capture"], "--keep-free", "0", "--source", "synthetic:rate=20000,containers=100"))
        {
            WaitFor.True(() => new FileInfo(_scratch["events.json"]).Length > 20_000_000, "events");
            TryLimit(limits, 16L << 20); // less than it uses
            var code = agent.WaitForExit();
            output.WriteLine($"ended with {code}");
            Assert.Equal(137, code);
        }

        AssertTakenOver(_scratch["events.json"]);
    }

    [Fact]
    public void After_repeated_OOM_kills_at_64_MiB_each_restart_works_and_no_event_is_duplicated()
    {
        using var limits = new LimitedCgroup();
        limits.LimitMemory(64L << 20);
        string[] files = [.. Enumerable.Range(0, 3).Select(n => _scratch[$"events-{n}.json"])];
        foreach (var file in files)
        {
            // Rings as large as the limit: the kernel charges their pages at first use, a quarter of a minute for all.
            using var agent = Start(limits, "--json", file, "--capture", _scratch["capture"], "--keep-free", "0", "--ring-memory", "64", "--source", "synthetic:rate=20000,containers=100");
            Assert.Equal(137, agent.WaitForExit());
        }

        AssertTakenOver(files);
    }

    [Fact]
    public void At_a_memory_limit_full_of_page_cache_it_loses_nothing()
    {
        Needs.Tracing();
        using var limits = new LimitedCgroup();
        limits.LimitMemory(192L << 20);
        using (var agent = Start(limits, "--json", _scratch["events.json"], "--capture", _scratch["capture"], "--keep-free", "0"))
        {
            var memory = MemoryCgroup.Of(agent.Id);
            var fill = limits.Command("dd", "if=/dev/zero", $"of={_scratch["big"]}", "bs=1M", "count=400");
            Shell.Run(fill[0], fill[1..]).MustSucceed();
            Assert.True(memory.TryRead()!.AtLimit > 0, "the limit was not met");
            using var space = new NetworkNamespace();
            space.Run(Repository.Load, "run", "--connections", "20000", "--rate", "4000", "--name", "cached", "--log", _scratch["truth.tsv"]).MustSucceed();
            space.WaitUntilClosed();
            output.WriteLine($"{memory.TryRead()}");
            Assert.Equal(0, memory.TryRead()!.Kills);
            agent.Stop();
            AssertAccount(agent.Log, atLeast: 20_000 * 4);
            if (LossReport.Total(agent.Log) == 0)
            {
                Comparison.Of(TruthLog.Read(_scratch["truth.tsv"]), SeenEvent.Read(_scratch["events.json"])).AssertExact();
            }
        }
    }

    /// <summary>NETMON_SHORT_CONNECTIONS=1000000 for the full run.</summary>
    [Fact]
    public void Every_short_connection_in_sequence_is_reported_or_counted()
    {
        Needs.Tracing();
        using var agent = AgentProcess.Start("--json", "none", "--capture", _scratch["capture"], "--keep-free", "0");
        const int round = 20_000;
        for (var made = 0; made < ShortConnections; made += round)
        {
            using var space = new NetworkNamespace(); // the TIME_WAIT sockets of a single one would overflow
            space.Run(Repository.Load, "run", "--connections", $"{round}", "--name", "short").MustSucceed();
            space.WaitUntilClosed();
        }

        agent.Stop();
        AssertAccount(agent.Log, atLeast: ShortConnections * 4L);
        var rows = Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])} WHERE process = 'short'");
        var lost = LossReport.Total(agent.Log);
        output.WriteLine($"{ShortConnections} connections, {ShortConnections * 4L} events made, {rows} rows, {lost} lost by the account");
        Assert.InRange(rows, ShortConnections * 4L - lost, ShortConnections * 4L);
    }

    public void Dispose() => _scratch.Dispose();

    private static AgentProcess Start(LimitedCgroup limits, params string[] arguments)
    {
        var command = limits.Command(Repository.Agent, ["run", .. arguments]);
        return AgentProcess.Start(command[0], command[1..], readStdout: false);
    }

    /// <summary>v1 refuses a limit below the unreclaimable pages; it reclaims what it can, and the next page triggers the kill.</summary>
    private static void TryLimit(LimitedCgroup limits, long bytes)
    {
        for (var limit = 128L << 20; limit >= bytes; limit -= 4L << 20)
        {
            try
            {
                limits.LimitMemory(limit);
            }
            catch (IOException)
            {
                return;
            }
        }
    }

    /// <summary>
    /// The next agent seals the files of the killed ones: each row once, and each line except those of a run's last seconds.
    /// </summary>
    private void AssertTakenOver(params string[] files)
    {
        using var next = AgentProcess.Start("--json", "none", "--capture", _scratch["capture"], "--keep-free", "0", "--source", "synthetic:count=0");
        Assert.Equal(0, next.WaitForExit());
        Assert.Empty(Directory.EnumerateFiles(_scratch["capture"], "*.arrows", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(_scratch["capture"], "*.partial", SearchOption.AllDirectories));
        // A write that the kill cut short leaves part of a batch of 4,096 rows; the next agent counts it.
        var torn = LossReport.Number(next.Log, "parquet.torn_tail");
        Assert.True(torn == LossReport.Total(next.Log) && torn <= 4096 * files.Length, next.Log);
        output.WriteLine($"{torn} rows of batches that were being written");
        var rows = $"SELECT epoch_us(timestamp) AS moment, src_ip, src_port::INT AS src_port, dst_ip, type, direction, pid::INT AS pid FROM {Duck.Events(_scratch["capture"])}";
        Assert.Empty(Duck.Rows($"SELECT * FROM ({rows}) GROUP BY ALL HAVING count(*) > 1 LIMIT 3"));
        foreach (var file in files)
        {
            // Only events that were not durable yet are lost, up to a second; the last line may be cut.
            var lines = $"SELECT epoch_us(timestamp::TIMESTAMP) AS moment, src_ip, src_port, dst_ip, type, direction, pid FROM read_json('{file}', format = 'newline_delimited', ignore_errors = true, columns = {{timestamp: 'TIMESTAMP', type: 'VARCHAR', src_ip: 'VARCHAR', src_port: 'INT', dst_ip: 'VARCHAR', direction: 'VARCHAR', pid: 'INT'}}) WHERE timestamp IS NOT NULL";
            var last = Duck.Number($"SELECT max(moment) FROM ({lines})");
            Assert.Empty(Duck.Rows(string.Create(CultureInfo.InvariantCulture, $"(SELECT * FROM ({lines}) WHERE moment < {last - 5_000_000}) EXCEPT ALL ({rows}) LIMIT 3")));
            output.WriteLine($"{Duck.Number($"SELECT count(*) FROM ({lines})")} lines");
        }

        output.WriteLine($"{Duck.Number($"SELECT count(*) FROM ({rows})")} rows");
    }

    /// <summary>
    /// The summary has every event: seen is the sum of accepted and dropped events of the rings, and each output's share is complete.
    /// </summary>
    private void AssertAccount(string log, long atLeast)
    {
        output.WriteLine(log.Split('\n').Last(line => line.Contains("stopped:", StringComparison.Ordinal)));
        var seen = LossReport.Number(log, "seen");
        Assert.True(seen >= atLeast, $"{seen} events seen of {atLeast}");
        Assert.Equal(seen, LossReport.Number(log, "to rings") + LossReport.Number(log, "source.ring_full") + LossReport.Number(log, "source.no_room"));
        var decoded = LossReport.Number(log, "decoded");
        Assert.Equal(LossReport.Number(log, "to rings"), decoded);
        foreach (var sink in ((string[])["json", "parquet"]).Where(sink => log.Contains($", {sink} ", StringComparison.Ordinal)))
        {
            Assert.Equal(decoded, LossReport.Number(log, sink) + LossReport.Number(log, $"{sink}.queue_full") + LossReport.Number(log, $"{sink}.failed") + LossReport.Number(log, $"{sink}.disk_floor"));
        }
    }

    private static string Status(AgentProcess agent, string field) =>
        File.ReadLines($"/proc/{agent.Id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(':', 2)[1].Trim();
}
