using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// How connections end, against a peer in user space that sends what no kernel's own stack would (tests/live/programs/peer.c).
/// </summary>
public sealed class ReasonTests
{
    private const int NoDevice = 4;

    [Theory]
    // An orderly close.
    [InlineData("connect handshake close await=FIN peer-fin await=ACK", "fin_local")]
    [InlineData("connect handshake shutdown await=FIN peer-fin read-end close", "fin_local")]
    [InlineData("connect handshake peer-fin read-end close await=FIN peer-ack", "fin_remote")]
    [InlineData("listen call accept peer-fin read-end close await=FIN peer-ack", "fin_remote")]
    [InlineData("listen call accept close await=FIN peer-fin await=ACK", "fin_local")]
    // Simultaneous close: the first to close here is the local end.
    [InlineData("connect handshake close await=FIN peer-late-fin await=ACK peer-ack", "fin_local")]
    // The peer resets.
    [InlineData("connect handshake peer-rst error close", "reset_remote")]
    [InlineData("connect handshake close await=FIN peer-rst", "reset_remote")]
    [InlineData("connect handshake shutdown await=FIN peer-ack peer-rst readable close", "reset_remote")]
    [InlineData("connect handshake peer-fin read-end peer-rst error close", "reset_remote")]
    // The local kernel resets.
    [InlineData("connect handshake linger0 close await=RST", "reset_local")]
    [InlineData("connect handshake peer-data=100 readable close await=RST", "reset_local")]
    [InlineData("connect handshake close await=FIN peer-late=100 await=RST", "reset_local")]
    [InlineData("connect handshake shutdown await=FIN peer-ack peer-data=100 readable close await=RST", "reset_local")]
    [InlineData("connect handshake shutdown await=FIN peer-ack linger0 close await=RST", "reset_local")]
    [InlineData("connect handshake peer-fin read-end linger0 close await=RST", "reset_local")]
    [InlineData("listen call accept shutdown await=FIN peer-ack peer-data=100 readable close await=RST", "reset_local")]
    // This happens when the socket has closed in order: the RST belongs to its TIME_WAIT form. With one segment for the ACK and
    // the data, the kernel closes the socket without an error and then resets: no hook on every kernel distinguishes the two.
    [InlineData("connect handshake close await=FIN peer-ack peer-data=100 await=RST", "fin_local")]
    [InlineData("connect handshake close await=FIN peer-data=100 await=RST", "fin_local|reset_local")]
    // The peer does not answer.
    [InlineData("user-timeout=500 connect handshake send=100 error close", "timed_out")]
    [InlineData("user-timeout=500 connect handshake shutdown error close", "timed_out")]
    // An ICMP error that the process ignored, before an orderly close.
    [InlineData("recverr connect handshake send=10 await=DATA peer-icmp=3,13 peer-ack close await=FIN peer-fin await=ACK", "fin_local")]
    [InlineData("recverr connect handshake send=10 await=DATA peer-icmp=3,1 peer-ack peer-fin close await=FIN peer-ack", "fin_remote")]
    public void The_reason_names_the_end_that_closed(string steps, string reason)
    {
        using var traced = new TracedNamespace(start: true);
        using var peer = StartPeer(traced, steps);
        peer.WaitForLine("done");
        var close = CloseOf(traced.EventsSoFar());
        peer.Say("");
        peer.End().MustSucceed();
        Assert.Contains(close.Reason, reason.Split('|'));
    }

    [Theory]
    [InlineData("connect handshake peer-fin read-end pause=half close await=FIN peer-ack", "fin_remote")]
    [InlineData("connect handshake shutdown await=FIN peer-ack pause=half peer-fin read-end close", "fin_local")]
    public void A_connection_half_closed_before_the_agent_starts_has_the_right_reason(string steps, string reason)
    {
        Needs.Tracing();
        Assert.SkipUnless(Environment.OSVersion.Version >= new Version(6, 12), "needs a kernel that lets an iterator ask for a socket's callbacks: 6.12 or newer");
        using var traced = new TracedNamespace(start: false);
        using var peer = StartPeer(traced, steps);
        peer.WaitForLine("half");
        traced.StartAgent();
        peer.Say("");
        peer.WaitForLine("done");
        var close = CloseOf(traced.EventsSoFar());
        peer.Say("");
        peer.End().MustSucceed();
        Assert.Equal(reason, close.Reason);
    }

    /// <summary>Keeps its device until the events have arrived: packets on a removed device may never reach a socket.</summary>
    private static HeldProcess StartPeer(TracedNamespace traced, string steps)
    {
        var device = traced.Space.Run(Repository.Peer, "pause=device");
        Assert.SkipWhen(device.ExitCode == NoDevice, device.Error.Trim());
        return traced.Space.Start(Repository.Peer, [.. steps.Split(' '), "pause=done"]);
    }

    private static SeenEvent CloseOf(IReadOnlyList<SeenEvent> events) => Assert.Single(events, e => e.Type == "CLOSE");
}
