using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// Connects that a socket load balancer redirects: events have the address that the caller dialed and the one it reached.
/// </summary>
public sealed class RewrittenConnectTests
{
    private const string Service = "203.0.113.9";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_event_has_the_dialed_address(bool atRoot)
    {
        Needs.Tracing();
        using var cgroup = new ChildCgroup();
        using var traced = new TracedNamespace(start: true);
        using var foreign = ForeignProgram.Attach(atRoot ? ChildCgroup.Root : cgroup.Path, "rewrite4");
        cgroup.Run(traced.Space, Repository.Load, "connect", Service, "4445", "--name", "balanced").MustSucceed();
        traced.Space.Run(Repository.Load, "connect", "127.0.0.1", "4447", "--name", "direct").MustSucceed();
        var events = traced.EventsAtEnd();
        var balanced = Assert.Single(events, e => e.Process == "balanced");
        Assert.Equal(("CONNECT", "127.0.0.1", 4446, "refused"), (balanced.Type, balanced.DestinationAddress, balanced.DestinationPort, balanced.Result));
        Assert.Equal((Service, 4445L), (balanced.DialedAddress, balanced.DialedPort));
        Assert.Null(Assert.Single(events, e => e.Process == "direct").DialedAddress);
    }
}
