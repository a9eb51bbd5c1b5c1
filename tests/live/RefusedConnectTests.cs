using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// Connects that something on the path refuses, or that get no answer: one CONNECT each, with the errno that its caller got.
/// </summary>
public sealed class RefusedConnectTests
{
    private const int Attempts = 10;

    private static readonly (string Address, string Result, int Errno)[] Cases =
    [
        (RejectingNetwork.Prerouting, "refused", 111),
        (RejectingNetwork.Forward, "refused", 111),
        (RejectingNetwork.HostUnreachable, "host_unreachable", 113),
        (RejectingNetwork.Reset, "refused", 111),
        (RejectingNetwork.Silent, "timed_out", 110),
        (RejectingNetwork.Local, "refused", 111),
        (RejectingNetwork.Forward6, "refused", 111),
        (RejectingNetwork.HostUnreachable6, "host_unreachable", 113),
        (RejectingNetwork.Reset6, "refused", 111),
    ];

    [Theory]
    [InlineData(false, "auto")]
    [InlineData(true, "auto")]
    [InlineData(true, "tracepoint")]
    public async Task The_event_has_the_errno_of_the_caller_for_any_refusal(bool nonblocking, string spine)
    {
        using var scratch = new Scratch();
        using var traced = new TracedNamespace(start: false, "--spine", spine);
        using var network = new RejectingNetwork(traced.Space, scratch);
        traced.StartAgent();

        // All at once: a SYN that is answered under its socket's lock, or not at all, is sent again a second later.
        string[] mode = nonblocking ? ["--nonblocking"] : [];
        var loads = Cases.Select((c, i) => Task.Run(
            () => traced.Space.Run(Repository.Load, ["connect", c.Address, "443", "--count", $"{Attempts}", "--threads", $"{Attempts}", "--log", scratch[$"{i}.tsv"], .. mode]).MustSucceed(),
            TestContext.Current.CancellationToken));
        await Task.WhenAll(loads);

        var events = traced.EventsAtEnd();
        var seen = events.Select(Describe).Order(StringComparer.Ordinal);
        var expected = Cases.SelectMany((c, i) => TruthLog.Read(scratch[$"{i}.tsv"]).Select(end => $"CONNECT {c.Address}:443 pid {end.Pid} {c.Result} errno {c.Errno}")).Order(StringComparer.Ordinal);
        var callers = Cases.SelectMany((_, i) => TruthLog.Read(scratch[$"{i}.tsv"]).Select(end => $"{end.DestinationAddress} {end.Errno}")).Distinct();
        Assert.Equal(Cases.Select(c => $"{c.Address} {c.Errno}"), callers);
        Assert.Equal(expected, seen);
    }

    private static string Describe(SeenEvent e) => $"{e.Type} {e.DestinationAddress}:{e.DestinationPort} pid {e.Pid} {e.Result} errno {e.Errno}";
}
