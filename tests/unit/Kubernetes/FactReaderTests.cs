using System.Net;
using System.Text;
using NetMon.Cluster;
using NetMon.Cluster.Changes;
using Xunit;

namespace NetMon.UnitTests.Kubernetes;

/// <summary>The agent's reader of the lines from netmon-kubernetes.</summary>
public sealed class FactReaderTests
{
    private readonly ClusterStatus _status = new();

    [Fact]
    public async Task Objects_are_complete_for_any_piece_size()
    {
        var text = $"""
            {FactProtocol.Version}
            begin slices
            slice shop web-abcde web
            endpoint 10.1.0.5 web-1 n1 z1
            endpoint fd00::5 - - -
            port 8080 0
            port 9090 0
            .
            service shop web
            address 10.96.0.10
            address 10.96.0.10
            port 80 30080
            .
            node n1 -
            address 192.168.0.1
            range 10.1.0.0/24
            range 10.1.0.0/24
            range fd00:1::/64
            .
            remove nodes - n2
            end slices
            state slices watching 3 7 1 2 4 99
            state services away 0 1 0 1 0 5
            why services the API server forbids it (403)

            """.ReplaceLineEndings("\n");
        for (var size = 1; size < 40; size += 3)
        {
            var changes = await ReadAsync(text, size);
            Assert.Collection(
                changes,
                change => Assert.Equal(new ListBegins(ClusterKind.Slices), change),
                change =>
                {
                    var slice = Assert.IsType<SliceSeen>(change);
                    Assert.Equal(("shop", "web-abcde", "web"), (slice.Namespace, slice.Name, slice.Service));
                    Assert.Equal([new SliceEndpoint(Address("10.1.0.5"), "web-1", "n1", "z1"), new SliceEndpoint(Address("fd00::5"), "", "", "")], slice.Endpoints);
                    Assert.Equal([8080, 9090], slice.Ports);
                },
                change =>
                {
                    var service = Assert.IsType<ServiceSeen>(change);
                    Assert.Equal([Address("10.96.0.10")], service.Addresses);
                    Assert.Equal([new ServicePort(80, 30080)], service.Ports);
                },
                change =>
                {
                    var node = Assert.IsType<NodeSeen>(change);
                    Assert.Equal(("n1", ""), (node.Name, node.Zone));
                    Assert.Equal([Address("192.168.0.1")], node.Addresses);
                    Assert.Equal([IPNetwork.Parse("10.1.0.0/24"), IPNetwork.Parse("fd00:1::/64")], node.Ranges);
                },
                change => Assert.Equal(new ObjectGone(ClusterKind.Nodes, "", "n2"), change),
                change => Assert.Equal(new ListEnds(ClusterKind.Slices), change));
        }

        Assert.Equal(0, _status.Malformed);
        Assert.Equal("services: the API server forbids it (403)", _status.Why);
        Assert.Equal((WatchPhase.Watching, 7, 1, 2, 4, 99), (_status.Kinds[1].Phase, _status.Kinds[1].Requests, _status.Kinds[1].Relists, _status.Kinds[1].Errors, _status.Kinds[1].LeftOut, _status.Kinds[1].Bytes));
        _status.Lost("gone");
        Assert.Equal(7, _status.Kinds[1].Requests);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("begin pods")]
    [InlineData("begin slices more")]
    [InlineData("remove services - ")]
    [InlineData("remove nodes - a b")]
    [InlineData("state nodes sleeping 0 0 0 0 0 0")]
    [InlineData("state nodes away 0 0 0 0 0")]
    [InlineData("state nodes away 0 0 0 0 0 -1")]
    [InlineData(".")]
    [InlineData("")]
    public async Task An_invalid_line_is_counted_and_skipped(string line)
    {
        Assert.Equal([new ObjectGone(ClusterKind.Nodes, "", "n2")], await ReadAsync($"{FactProtocol.Version}\n{line}\nremove nodes - n2\n", 7));
        Assert.Equal(1, _status.Malformed);
    }

    [Theory]
    [InlineData("slice shop web-abcde")]
    [InlineData("slice shop web-abcde web more")]
    [InlineData("slice shop web/abcde web")]
    [InlineData("slice - web-abcde web")]
    [InlineData("slice shop a -\nendpoint 10.1.0.300 a b c")]
    [InlineData("slice shop a -\nendpoint 10.1.0.3 a b")]
    [InlineData("slice shop a -\nendpoint 10.1.0.3 a b c d")]
    [InlineData("service shop a\nport 65536 0")]
    [InlineData("service shop a\nport 80")]
    [InlineData("slice shop a -\nport 80 65536")]
    [InlineData("slice shop a -\naddress 10.0.0.1")]
    [InlineData("service shop a\nendpoint 10.1.0.3 a b c")]
    [InlineData("service shop a\nend services")]
    [InlineData("node n z\nport 80 0")]
    [InlineData("node n z\nrange 10.1.0.0")]
    [InlineData("node n z\nrange 10.1.0.0/33")]
    [InlineData("slice shop a -\nrange 10.1.0.0/24")]
    [InlineData("node n z\nservice shop a")]
    public async Task An_object_with_an_invalid_line_is_left_out(string lines)
    {
        Assert.Equal([new ObjectGone(ClusterKind.Nodes, "", "n2")], await ReadAsync($"{FactProtocol.Version}\n{lines}\n.\nremove nodes - n2\n", 7));
        Assert.Equal((1, 1), (_status.Malformed, _status.LeftOut));
    }

    [Fact]
    public async Task An_overlong_line_invalidates_only_its_object()
    {
        var changes = await ReadAsync($"{FactProtocol.Version}\nservice shop a\nport {new string('1', 100_000)}\n.\nremove nodes - n2\n", 1000);
        Assert.Equal([new ObjectGone(ClusterKind.Nodes, "", "n2")], changes);
        Assert.Equal((1, 1), (_status.Malformed, _status.LeftOut));
    }

    [Fact]
    public async Task The_size_of_an_object_is_limited()
    {
        var lines = string.Concat(Enumerable.Range(0, FactProtocol.MaxFacts + 1).Select(index => $"endpoint 10.{index >> 16}.{(index >> 8) & 255}.{index & 255} - - -\n"));
        Assert.Empty(await ReadAsync($"{FactProtocol.Version}\nslice shop a -\n{lines}.\n", 1000));
        Assert.Equal(1, _status.LeftOut);
    }

    [Theory]
    [InlineData("netmon-kubernetes 1\n")]
    [InlineData("begin nodes\n")]
    [InlineData("\n")]
    public async Task Another_version_is_refused(string text) => await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(text, 5));

    private static IPAddress Address(string text) => IPAddress.Parse(text);

    private async Task<List<ClusterChange>> ReadAsync(string text, int piece)
    {
        var read = new List<ClusterChange>();
        await new FactReader(read.Add, _status).ReadAsync(new PieceStream(Encoding.ASCII.GetBytes(text), piece), TestContext.Current.CancellationToken);
        return read;
    }
}
