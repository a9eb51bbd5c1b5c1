using NetMon.Enrichment.Peers;
using NetMon.Events;
using NetMon.UnitTests.Storage;
using Xunit;
using static NetMon.UnitTests.Enrichment.Peers.PeerEvents;

namespace NetMon.UnitTests.Enrichment.Peers;

/// <summary>Peers by address and time; no peer where the owner is uncertain.</summary>
public sealed class PeerTableTests
{
    private readonly PeerTable _table = new("node-1");

    [Fact]
    public void The_peer_is_the_destination_of_outbound_and_the_source_of_inbound_events()
    {
        Local(Web, "s1", "web-0", T);
        Local("fd00::8", "s2", "db-0", T);

        Assert.Equal("web-0", Of(Outbound(Web, T))?.PodName);
        Assert.Equal("db-0", Of(Outbound("fd00::8", T))?.PodName);
        Assert.Equal("web-0", Of(Inbound(Web, T))?.PodName);
        Assert.Equal(new PeerIdentity("web-0", "shop", "shop/web", Node: "node-1"), Of(Inbound(Web, T)));
        Assert.Same(Of(Inbound(Web, T)), Of(Outbound(Web, T)));
        Assert.Null(Of(Outbound("10.0.0.9", T)));
    }

    [Fact]
    public void An_address_that_moves_names_each_pod_in_its_own_time()
    {
        Local(Web, "s1", "old", T);
        _table.Local.EndPod(Address(Web), "s1", T + 1_000);
        Local(Web, "s2", "new", T + 1_500);

        Assert.Equal([null, "old", "old", null, null, "new", "new"], new[] { -1L, 0, 999, 1_000, 1_499, 1_500, 9_999 }.Select(at => Of(Outbound(Web, T + at))?.PodName));
    }

    [Fact]
    public void No_pod_is_named_while_two_pods_claim_an_address()
    {
        Local(Web, "s1", "old", T);
        Local(Web, "s2", "new", T + 500);
        Assert.Equal(["old", null, null], new[] { 499L, 500, 9_999 }.Select(at => Of(Outbound(Web, T + at))?.PodName));

        _table.Local.EndPod(Address(Web), "s1", T + 800);
        Assert.Equal(["old", null, null, "new"], new[] { 499L, 500, 799, 800 }.Select(at => Of(Outbound(Web, T + at))?.PodName));
    }

    [Fact]
    public void The_peer_of_a_connection_is_the_owner_at_its_start()
    {
        Local(Web, "s1", "old", T);
        _table.Local.EndPod(Address(Web), "s1", T + 1_000);
        Local(Web, "s2", "new", T + 1_000);

        Assert.Equal("old", Of(Lasting(RecordKind.Close, T + 5_000, duration: 4_500, CloseReason.TimedOut))?.PodName);
        Assert.Equal("new", Of(Lasting(RecordKind.Close, T + 5_000, duration: 3_000, CloseReason.TimedOut))?.PodName);
        Assert.Null(Of(Lasting(RecordKind.Close, T + 5_000, duration: 6_000, CloseReason.FinRemote)));
    }

    [Fact]
    public void A_failed_attempt_names_the_owner_unless_the_address_moved_before_its_end()
    {
        Local(Web, "s1", "old", T);
        _table.Local.EndPod(Address(Web), "s1", T + 1_000);
        var failed = Outbound(Web, T + 5_000);
        (failed.Record.Error, failed.Record.LatencyNanoseconds) = (110, 4_500);
        Assert.Equal("old", Of(failed)?.PodName);

        Local(Web, "s2", "new", T + 4_000);
        Assert.Null(Of(failed));
        failed.Record.LatencyNanoseconds = 500;
        Assert.Equal("new", Of(failed)?.PodName);
    }

    [Fact]
    public void An_open_connection_names_its_original_peer_even_if_learned_later()
    {
        Local(Web, "s1", "web-0", T);

        Assert.Equal("web-0", Of(Lasting(RecordKind.Flow, T + 5, duration: 1_000, CloseReason.None))?.PodName);
        Assert.Equal("web-0", Of(Lasting(RecordKind.Close, T + 5, duration: 1_000, CloseReason.FinLocal))?.PodName);
        Assert.Null(Of(Lasting(RecordKind.Close, T + 5, duration: 1_000, CloseReason.ResetRemote)));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("169.254.20.10")]
    [InlineData("fe80::1")]
    [InlineData("224.0.0.1")]
    [InlineData("ff02::1")]
    public void An_address_of_many_pods_names_none(string address)
    {
        Local(address, "s1", "web-0", T);
        _table.Cluster.SetNode("node-2", [Address(address)], "b");

        Assert.Null(Of(Outbound(address, T)));
        Assert.True(_table.IsEmpty);
    }

    [Fact]
    public void Events_are_not_inspected_if_no_owner_is_known()
    {
        var events = new[] { Outbound(Web, T) };
        events[0].Peer = Sample.Peer;

        Assert.True(_table.Name(events, long.MaxValue));
        Assert.Same(Sample.Peer, events[0].Peer);
        Assert.False(_table.Name(events, T));
        Assert.True(_table.Name(events, T + 1));
        Assert.True(_table.Name([Outbound("8.8.8.8", T)], T));
        Local(Web, "s1", "web-0", T);
        Assert.True(_table.Name(events, T));
        Assert.Equal("web-0", events[0].Peer?.PodName);
    }

    [Fact]
    public void Naming_a_known_peer_allocates_nothing()
    {
        for (var n = 0; n < 200; n++)
        {
            Local($"10.0.1.{n}", $"s{n}", $"web-{n}", T);
        }

        ConnectionEvent[] events = [.. Enumerable.Range(0, 400).Select(n => Outbound($"10.0.1.{n}", T) with { UnixNanoseconds = T + n }).Take(200)];
        _table.Name(events, long.MaxValue);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _table.Name(events, long.MaxValue);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.All(events, e => Assert.NotNull(e.Peer));
    }

    [Fact]
    public async Task A_concurrent_reader_never_sees_a_name_of_another_time()
    {
        const int changes = 20_000;
        var events = Enumerable.Range(0, changes).Select(n => Outbound(Web, T + (n * 10L) + 5)).ToArray();
        var written = 0;
        var writer = Task.Run(
            () =>
            {
                for (var n = 0; n < changes; n++)
                {
                    Local(Web, $"s{n}", $"pod-{n}", T + (n * 10L));
                    Volatile.Write(ref written, n);
                    _table.Local.EndPod(Address(Web), $"s{n}", T + (n * 10L) + 10);
                }
            },
            TestContext.Current.CancellationToken);
        var named = 0;
        while (!writer.IsCompleted)
        {
            var n = Volatile.Read(ref written);
            if (Of(events[n]) is { } peer)
            {
                Assert.Equal($"pod-{n}", peer.PodName);
                named++;
            }
        }

        await writer;
        Assert.True(named > 0);
    }

    [Fact]
    public void The_history_of_an_address_and_the_number_of_addresses_are_limited()
    {
        for (var n = 0; n < 100; n++)
        {
            Local(Web, $"s{n}", $"pod-{n}", T + (n * 10L));
            _table.Local.EndPod(Address(Web), $"s{n}", T + (n * 10L) + 10);
        }

        Assert.Equal("pod-99", Of(Outbound(Web, T + 995))?.PodName);
        Assert.Null(Of(Outbound(Web, T + 5)));
        Assert.Equal(100 - AddressClaims.Most, _table.Local.Counters.Evicted);

        // Its owners ended years ago, so it is evicted.
        for (var n = 0; n < 20_000; n++)
        {
            Local($"10.{1 + n / 65536}.{n / 256 % 256}.{n % 256}", $"t{n}", "p", T);
        }

        Assert.Equal((16_384, 20_000 - 16_384), (_table.Local.Counters.Addresses, _table.Local.Counters.Refused));
    }

    private void Local(string address, string sandbox, string pod, long from) => _table.SetPod(address, sandbox, pod, from);

    private PeerIdentity? Of(in ConnectionEvent e) => _table.Of(in e);
}
