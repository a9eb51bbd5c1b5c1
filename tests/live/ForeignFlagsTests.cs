using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// Other sock_ops programs, which share one byte of callback flags with the agent's and overwrite it: every connection has
/// its events all the same.
/// </summary>
public sealed class ForeignFlagsTests
{
    private const int Connections = 200;

    /// <summary>In a child cgroup they run before the agent's; at the root, attached later, after it.</summary>
    [Theory]
    [InlineData("overwrite_flags", false)]
    [InlineData("overwrite_flags", true)]
    [InlineData("clear_flags", false)]
    [InlineData("clear_flags", true)]
    [InlineData("clear_flags_later", false)]
    [InlineData("clear_flags_later", true)]
    public void Every_connection_has_its_close(string program, bool atRoot)
    {
        Needs.Tracing();
        using var cgroup = new ChildCgroup();
        using var traced = new TracedNamespace(start: true);
        using var foreign = ForeignProgram.Attach(atRoot ? ChildCgroup.Root : cgroup.Path, program);
        var log = traced.File("truth.tsv");
        cgroup.Run(traced.Space, Repository.Load, "run", "--connections", $"{Connections}", "--family", "both", "--refused", "10", "--bind-refused", "--log", log).MustSucceed();
        traced.Space.WaitUntilClosed();
        var events = traced.EventsAtEnd();
        Assert.Equal(
            [$"{Connections * 9 / 10} x ACCEPT inbound ", $"{Connections * 9 / 10} x CLOSE inbound ", $"{Connections * 9 / 10} x CLOSE outbound ", $"{Connections * 9 / 10} x CONNECT outbound established", $"{Connections / 10} x CONNECT outbound refused"],
            Counted.By(events, e => $"{e.Type} {e.Direction} {e.Result}"));
        var comparison = Comparison.Of(TruthLog.Read(log), events);
        Assert.True(comparison.Missing == 0, comparison.ToString());
    }
}
