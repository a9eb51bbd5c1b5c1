using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>Cgroups and network namespaces created and removed next to the agent.</summary>
public sealed class NamespaceChurnTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>NETMON_CHURN=5000 for the full run.</summary>
    private static readonly int Churn = int.Parse(Environment.GetEnvironmentVariable("NETMON_CHURN") ?? "200", CultureInfo.InvariantCulture);

    private readonly Scratch _scratch = new();

    [Fact]
    public void Creating_and_removing_many_namespaces_during_connections_loses_no_event()
    {
        Needs.Tracing();
        Needs.Program("ip");
        using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--metrics", "127.0.0.1:0");
        var churn = Path.Combine(ChildCgroup.Root, $"netmon-test-{Guid.NewGuid():N}"[..24]);
        Directory.CreateDirectory(churn);
        try
        {
            // Each lives as long as the connection made in it.
            Shell.Script($"""
                set -e
                for n in $(seq {Churn}); do
                    mkdir {churn}/$n
                    ip netns add nmc$$-$n
                    sh -c 'echo $$ >{churn}/'$n'/cgroup.procs; exec ip netns exec nmc'$$-$n' sh -c "ip link set lo up; exec {Repository.Load} run --connections 2 --client-threads 1 --server-threads 1 --name churned"' >/dev/null
                    ip netns del nmc$$-$n
                    rmdir {churn}/$n
                done
                """).MustSucceed();
            var metrics = Scrape.Of(agent);
            output.WriteLine($"{Churn} cgroups and namespaces; {metrics["netmon_cgroups"]} cgroups known, {metrics["process_resident_memory_bytes"] / 1048576:0} MiB resident, {metrics["process_open_fds"]} handles");
            Assert.InRange(metrics["process_open_fds"], 1, 300);
        }
        finally
        {
            Directory.Delete(churn);
        }

        agent.Stop();
        Assert.Equal(0, LossReport.Total(agent.Log));
        Assert.Equal(Churn * 8, SeenEvent.Read(_scratch["events.json"]).Count(e => e.Process == "churned" && e.Type != "FLOW"));
    }

    [Fact]
    public void The_agent_does_not_keep_a_namespace_alive()
    {
        Needs.Tracing();
        Needs.Program("ip");
        var link = string.Create(CultureInfo.InvariantCulture, $"nmt{Environment.ProcessId}");
        AgentProcess agent;
        using (var space = new NetworkNamespace())
        {
            // The far end of a pair disappears with the namespace of the near one: nothing else references it.
            Shell.Run("ip", "link", "add", link, "type", "veth", "peer", "name", "inside", "netns", space.Name).MustSucceed();
            using var older = space.Start(Repository.Load, "hold", "--connections", "5", "--name", "older");
            older.WaitForLine("open");
            agent = AgentProcess.Start("--json", _scratch["events.json"]);
            older.End().MustSucceed();
        }

        using (agent)
        {
            WaitFor.True(() => Shell.Run("ip", "link", "show", link).ExitCode != 0, "the namespace to be gone");
            agent.Stop();
        }

        Assert.Contains(SeenEvent.Read(_scratch["events.json"]), e => e is { Type: "CLOSE", Process: "older" });
    }

    public void Dispose() => _scratch.Dispose();
}
