using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>Real connections of every kind, compared one by one with the load generator's log.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void Ten_thousand_connections_of_every_kind_are_exact()
    {
        var comparison = Trace("--connections", "10000", "--family", "both", "--nonblocking", "30", "--refused", "10", "--forked", "10", "--reset", "10", "--vary");
        comparison.AssertExact();
        Assert.Equal(10_000 + 9_000 + 18_000, comparison.Seen);
    }

    [Fact]
    public void Connections_without_any_data_are_exact() =>
        Trace("--connections", "2000", "--family", "both", "--payload", "0", "--reply", "0").AssertExact();

    [Fact]
    public void IPv4_mapped_addresses_print_as_IPv4() =>
        Trace("--connections", "1000", "--family", "mapped", "--refused", "10").AssertExact();

    [Fact]
    public void Accept_without_4_and_with_an_address_buffer_is_reported() =>
        Trace("--connections", "1000", "--server-accept", "accept", "--accept-address", "yes").AssertExact();

    [Fact]
    public void Connections_through_io_uring_are_exact()
    {
        Assert.SkipWhen(Shell.Run(Repository.Load, "run", "--io-uring", "--connections", "1").ExitCode == 4, "this kernel has no io_uring");
        Trace("--connections", "1000", "--io-uring").AssertExact();
    }

    [Fact]
    public void Link_local_addresses_are_exact()
    {
        Needs.Tracing();
        Needs.Program("ip");
        using var space = new NetworkNamespace();
        space.Script("ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up");
        var address = space.LinkLocalAddressOf("v0");
        var truth = _scratch["truth.tsv"];
        using var agent = AgentProcess.Start("--json", _scratch["events.json"]);
        space.Run(Repository.Load, "run", "--connections", "500", "--address", $"{address}%v0", "--refused", "10", "--bind-refused", "--log", truth).MustSucceed();
        agent.Stop();
        var ends = TruthLog.Read(truth);
        Assert.Equal(address, ends[0].DestinationAddress);
        Comparison.Of(ends, SeenEvent.Read(_scratch["events.json"])).AssertExact();
    }

    [Fact]
    public void A_connect_without_a_route_is_one_event_with_its_errno()
    {
        Needs.Tracing();
        Needs.Program("ip");
        using var space = new NetworkNamespace();
        var truth = _scratch["truth.tsv"];
        using var agent = AgentProcess.Start("--json", _scratch["events.json"]);
        space.Run(Repository.Load, "connect", "203.0.113.7", "443", "--count", "10", "--name", "lost", "--log", truth).MustSucceed();
        space.Run(Repository.Load, "connect", "2001:db8::7", "443", "--count", "10", "--log", _scratch["truth6.tsv"]).MustSucceed();
        agent.Stop();
        var pids = TruthLog.Read(truth).Concat(TruthLog.Read(_scratch["truth6.tsv"])).Select(end => end.Pid).ToHashSet();
        var seen = SeenEvent.Read(_scratch["events.json"]).Where(e => pids.Contains(e.Pid)).ToList();
        Assert.Equal(20, seen.Count);
        Assert.All(seen, e => Assert.Equal(("CONNECT", "net_unreachable", 101L, 443), (e.Type, e.Result, e.Errno, e.DestinationPort)));
        Assert.Equal(10, seen.Count(e => e is { DestinationAddress: "203.0.113.7", Process: "lost" }));
        Assert.Equal(10, seen.Count(e => e.DestinationAddress == "2001:db8::7"));
    }

    [Fact]
    public void A_cancelled_connect_is_aborted()
    {
        Needs.Tracing();
        Needs.Program("ip");
        using var space = new NetworkNamespace();
        // A route into an interface that answers nothing: the SYN gets no reply.
        space.Script("ip link add d0 type veth peer name d1 && ip link set d0 up && ip link set d1 up && ip addr add 198.51.100.1/24 dev d0"
            + " && ip neigh add 198.51.100.9 lladdr 02:00:00:00:00:09 dev d0 nud permanent");
        using var agent = AgentProcess.Start("--json", _scratch["events.json"]);
        space.Run(Repository.Load, "connect", "198.51.100.9", "80", "--nonblocking", "--timeout", "50", "--log", _scratch["truth.tsv"]).MustSucceed();
        agent.Stop();
        var pid = TruthLog.Read(_scratch["truth.tsv"])[0].Pid;
        var seen = Assert.Single(SeenEvent.Read(_scratch["events.json"]), e => e.Pid == pid);
        Assert.Equal(("CONNECT", "aborted", 0L, "198.51.100.9"), (seen.Type, seen.Result, seen.Errno, seen.DestinationAddress));
    }

    [Fact]
    public void A_hostile_process_name_prints_a_valid_line()
    {
        var comparison = Trace("--connections", "10", "--name", "a\"b\\\\\\n\\xff");
        Assert.True(comparison.Seen > 0, "no event came");
        var name = SeenEvent.Read(_scratch["events.json"]).Select(e => e.Process).Where(p => p.StartsWith("a\"b", StringComparison.Ordinal)).Distinct().Single();
        Assert.Equal("a\"b\\\n\ufffd", name);
    }

    [Theory]
    [InlineData("tracepoint")]
    public void The_other_spine_reports_the_same_for_a_small_load(string spine)
    {
        Needs.Tracing();
        var truth = _scratch["truth.tsv"];
        using var space = new NetworkNamespace();
        using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--spine", spine);
        space.Run(Repository.Load, "run", "--connections", "1000", "--rate", "2000", "--refused", "10", "--bind-refused", "--family", "both", "--log", truth).MustSucceed();
        space.WaitUntilClosed();
        agent.Stop();
        var comparison = Comparison.Of(TruthLog.Read(truth), SeenEvent.Read(_scratch["events.json"]));
        // The kernel may skip this spine; then the log must report it.
        Assert.True(comparison.Missing == 0 || agent.Log.Contains("source.recursion", StringComparison.Ordinal), comparison.ToString());
        Assert.Equal(0, comparison.Surplus);
    }

    public void Dispose() => _scratch.Dispose();

    private Comparison Trace(params string[] load)
    {
        Needs.Tracing();
        Needs.Program("ip");
        using var space = new NetworkNamespace();
        var truth = _scratch["truth.tsv"];
        using var agent = AgentProcess.Start("--json", _scratch["events.json"]);
        space.Run(Repository.Load, ["run", .. load, "--bind-refused", "--log", truth]).MustSucceed();
        space.WaitUntilClosed();
        agent.Stop();
        var comparison = Comparison.Of(TruthLog.Read(truth), SeenEvent.Read(_scratch["events.json"]));
        comparison.AllowResets(space.ResetsSent());
        return comparison;
    }
}
