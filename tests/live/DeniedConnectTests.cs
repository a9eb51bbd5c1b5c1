using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// Connects that another BPF program at the same hook denies, as socket load balancers without a backend do: one CONNECT
/// each, with its time and the errno that the caller got, whoever closes the socket and whenever.
/// </summary>
public sealed class DeniedConnectTests
{
    private const string DeniedPort = "4444";
    private const int NotPermitted = 1;
    private const int HostUnreachable = 113;

    [Theory]
    [InlineData("auto", "127.0.0.1", "deny4", NotPermitted, "other", "thread")]
    [InlineData("auto", "::1", "deny6", NotPermitted, "other", "thread")]
    [InlineData("auto", "127.0.0.1", "deny4", NotPermitted, "other", "process")]
    [InlineData("auto", "127.0.0.1", "unreachable4", HostUnreachable, "host_unreachable", "thread")]
    [InlineData("auto", "::1", "unreachable6", HostUnreachable, "host_unreachable", "process")]
    [InlineData("listener", "127.0.0.1", "deny4", NotPermitted, "other", "thread")]
    [InlineData("listener", "::1", "unreachable6", HostUnreachable, "host_unreachable", "process")]
    public void A_denial_in_a_container_cgroup_is_one_immediate_event(string acceptOwner, string address, string program, int errno, string result, string closer)
    {
        Needs.Tracing();
        using var cgroup = new ChildCgroup();
        using var foreign = ForeignProgram.Attach(cgroup.Path, program);
        using var traced = new TracedNamespace(start: true, "--accept-owner", acceptOwner);
        AssertDenied(traced, cgroup, address, errno, result, closer);
    }

    /// <summary>A program attached later runs after the agent's: only a hook after connect() sees its verdict.</summary>
    [Theory]
    [InlineData("auto", true)]
    [InlineData("listener", true)]
    [InlineData("syscall", false)]
    public void A_denial_at_the_root_is_one_immediate_event_before_and_after_the_agent(string acceptOwner, bool before)
    {
        Needs.Tracing();
        using var cgroup = new ChildCgroup();
        using var traced = new TracedNamespace(start: !before, "--accept-owner", acceptOwner);
        using var foreign = ForeignProgram.Attach(ChildCgroup.Root, "deny4");
        if (before)
        {
            traced.StartAgent();
        }

        AssertDenied(traced, cgroup, "127.0.0.1", NotPermitted, "other", "thread");
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("listener")]
    public void A_denial_that_no_hook_can_see_has_no_wrong_errno(string acceptOwner)
    {
        Needs.Tracing();
        using var cgroup = new ChildCgroup();
        using var traced = new TracedNamespace(start: true, "--accept-owner", acceptOwner);
        using var foreign = ForeignProgram.Attach(ChildCgroup.Root, "deny4");
        var truth = Attempt(traced, cgroup, "127.0.0.1", "5", "process", whileHeld: () => { });
        var events = traced.EventsAtEnd();
        Assert.Equal([$"5 x CONNECT pid {truth[0].Pid} denied other"], Counted.By(events, e => $"{e.Type} pid {e.Pid} {e.Process} {e.Result}"));
        Assert.All(events, e => Assert.Contains(e.Errno, (long[])[0, NotPermitted]));
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("listener")]
    public void Thousands_of_concurrent_denials_are_each_reported_once(string acceptOwner)
    {
        const int threads = 6000;
        Needs.Tracing();
        using var cgroup = new ChildCgroup();
        using var foreign = ForeignProgram.Attach(cgroup.Path, "deny4");
        using var traced = new TracedNamespace(start: true, "--accept-owner", acceptOwner);
        var truth = Attempt(traced, cgroup, "127.0.0.1", $"{threads}", "thread", whileHeld: () => { });
        var events = traced.EventsAtEnd();
        Assert.Equal(threads, truth.Count);
        Assert.Equal([$"{threads} x CONNECT pid {truth[0].Pid} denied errno {NotPermitted}"], Counted.By(events, e => $"{e.Type} pid {e.Pid} {e.Process} errno {e.Errno}"));
    }

    [Theory]
    [InlineData("exclusive")]
    [InlineData("override")]
    public void The_agent_still_traces_next_to_an_exclusive_program(string flags)
    {
        Needs.Tracing();
        using var foreign = ForeignProgram.AttachWithFlags(ChildCgroup.Root, flags, "overwrite_flags");
        using var traced = new TracedNamespace(start: true);
        traced.Space.Run(Repository.Load, "connect", "127.0.0.1", "1", "--name", "refused").MustSucceed();
        var seen = Assert.Single(traced.EventsAtEnd());
        Assert.Equal(("CONNECT", "refused", "refused"), (seen.Type, seen.Process, seen.Result));
    }

    private static void AssertDenied(TracedNamespace traced, ChildCgroup cgroup, string address, int errno, string result, string closer)
    {
        IReadOnlyList<SeenEvent> early = [];
        var truth = Attempt(traced, cgroup, address, "5", closer, whileHeld: () => early = traced.EventsSoFar());
        Assert.All(truth, end => Assert.Equal(errno, end.Errno));
        Assert.Equal(
            [$"5 x CONNECT {address} {DeniedPort} pid {truth[0].Pid} denied {result} errno {errno}"],
            Counted.By(early, e => $"{e.Type} {e.DestinationAddress} {e.DestinationPort} pid {e.Pid} {e.Process} {e.Result} errno {e.Errno}"));

        // The calls took at most as long as their caller measured.
        var longest = truth.Max(end => (end.EndNanoseconds - end.StartNanoseconds) / 1000);
        Assert.All(early, e => Assert.InRange(e.LatencyMicroseconds ?? -1, 0, longest));
        Assert.Equal(5, traced.EventsAtEnd().Count); // the close adds none
    }

    private static IReadOnlyList<TruthEnd> Attempt(TracedNamespace traced, ChildCgroup cgroup, string address, string count, string closer, Action whileHeld)
    {
        var log = traced.File("truth.tsv");
        using var caller = cgroup.Start(
            traced.Space, Repository.Load, "connect", address, DeniedPort, "--count", count, "--threads", count, "--hold", "--closer", closer, "--name", "denied", "--log", log);
        caller.WaitForLine("held");
        whileHeld();
        caller.End().MustSucceed();
        return TruthLog.Read(log);
    }
}
