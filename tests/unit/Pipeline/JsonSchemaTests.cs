using System.Text.Json.Nodes;
using CsCheck;
using NetMon.Events;
using NetMon.UnitTests.Events;
using NetMon.UnitTests.Layout;
using NJsonSchema;
using Xunit;

namespace NetMon.UnitTests.Pipeline;

/// <summary>Users read the lines by schemas/event.schema.json: it must accept all lines and little else.</summary>
public sealed class JsonSchemaTests : IAsyncLifetime
{
    private static readonly Gen<ConnectionEvent> AnyEvent = Gen.Select(
        Gen.OneOf(RecordKind.Connect, RecordKind.Accept, RecordKind.Close, RecordKind.Flow),
        Gen.OneOf(0u, 101u, 103u, 104u, 110u, 111u, 113u, 99u),
        Gen.Enum<CloseReason>(),
        Gen.Byte.Array[16],
        Gen.ULong,
        Gen.Bool,
        (kind, error, ending, bytes, number, contained) =>
        {
            number &= long.MaxValue; // NJsonSchema can't compare larger numbers
            var e = Event(kind);
            e.Record.Error = error;
            e.Record.CloseReason = ending;
            e.Record.SourceAddress = e.Record.Owner.Comm = Records.Inline(bytes);
            e.Record.BytesSent = e.Record.LatencyNanoseconds = e.Record.DurationNanoseconds = e.Record.Owner.CgroupId = number;
            e.Record.ConnectionId = number / 3 % 5 * (number >> 8);
            e.Record.DialedAddress = e.Record.SourceAddress;
            e.Record.Retransmits = e.Record.Owner.Uid = e.Record.Owner.Pid = (uint)number;
            e.Record.DestinationPort = (ushort)number;
            e.Record.Flags = (RecordFlags)(number & 31);
            e.Record.Direction = kind is RecordKind.Close or RecordKind.Flow && contained ? Direction.Inbound : e.Record.Direction;
            e.UnixNanoseconds = (long)number;
            e.Container = contained ? JsonLines.Container : null;
            e.Peer = (number % 4) switch { 0 => null, 1 => new PeerIdentity(Node: "node-2"), 2 => new PeerIdentity(), _ => JsonLines.Peer };
            return e;
        });

    /// <summary>Keys that are optional in a line of any type.</summary>
    private static readonly string[] Optional = ["container", "connection_id", "delta_sent", "delta_received", "peer"];

    private JsonSchema _schema = new();

    public async ValueTask InitializeAsync() => _schema = await JsonSchema.FromFileAsync(
        RepositoryFiles.Find("schemas/event.schema.json", "it belongs to the repository"), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void Every_line_matches_the_schema() =>
        AnyEvent.Sample(e => Assert.Empty(_schema.Validate(JsonLines.Text(e))), iter: 3_000);

    [Theory]
    [InlineData(RecordKind.Connect)]
    [InlineData(RecordKind.Accept)]
    [InlineData(RecordKind.Close)]
    [InlineData(RecordKind.Flow)]
    public void Every_key_of_a_line_except_the_container_is_required(RecordKind kind)
    {
        var line = Line(kind);
        foreach (var key in line.Select(property => property.Key).Where(key => !Optional.Contains(key) && (key != "latency_us" || kind == RecordKind.Connect)).ToList())
        {
            AssertRefused(kind, changed => changed.Remove(key), $"without {key}");
        }
    }

    [Theory]
    [InlineData(RecordKind.Connect, "duration_us bytes_sent bytes_received rtt_us retransmits delta_sent delta_received")]
    [InlineData(RecordKind.Accept, "errno duration_us bytes_sent bytes_received rtt_us retransmits delta_sent delta_received")]
    [InlineData(RecordKind.Close, "errno")]
    [InlineData(RecordKind.Flow, "errno")]
    public void Keys_of_another_type_and_unknown_keys_are_refused(RecordKind kind, string others)
    {
        foreach (var key in others.Split(' ').Append("surprise"))
        {
            AssertRefused(kind, changed => changed[key] = 1, $"with {key}");
        }

        AssertRefused(kind, changed => changed["container"]!["surprise"] = 1, "with a surprise in the container");
        AssertRefused(kind, changed => changed[kind == RecordKind.Close ? "result" : "reason"] = kind == RecordKind.Close ? "established" : "error", "with another's word");
    }

    [Theory]
    [InlineData("type", "\"BIND\"")]
    [InlineData("type", "\"ACCEPT\"")]
    [InlineData("protocol", "\"UDP\"")]
    [InlineData("timestamp", "\"2026-11-22T19:05:06Z\"")]
    [InlineData("timestamp", "1795374306")]
    [InlineData("src_ip", "\"localhost\"")]
    [InlineData("src_ip", "\"2001:DB8::1\"")]
    [InlineData("src_ip", "\"::ffff:10.0.0.1\"")]
    [InlineData("src_port", "65536")]
    [InlineData("src_port", "-1")]
    [InlineData("src_port", "\"80\"")]
    [InlineData("pid", "4294967296")]
    [InlineData("process", "null")]
    [InlineData("direction", "\"inbound\"")]
    [InlineData("cgroup_id", "1.5")]
    [InlineData("result", "\"accepted\"")]
    [InlineData("errno", "111")]
    [InlineData("latency_us", "-1")]
    [InlineData("connection_id", "0")]
    [InlineData("owner", "\"exact\"")]
    [InlineData("older", "false")]
    [InlineData("dialed_ip", "\"kubernetes\"")]
    [InlineData("peer", "{}")]
    [InlineData("peer", "{\"service\":\"\"}")]
    [InlineData("peer", "{\"name\":\"db\"}")]
    [InlineData("container", "null")]
    [InlineData("container", "{}")]
    public void Impossible_values_are_refused(string key, string value) =>
        AssertRefused(RecordKind.Connect, changed => changed[key] = JsonNode.Parse(value), $"{key} {value}");

    [Fact]
    public void A_container_id_longer_than_twelve_characters_is_refused() =>
        AssertRefused(RecordKind.Accept, changed => changed["container"]!["container_id"] = "0123456789abc", "a long id");

    [Fact]
    public void A_failed_CONNECT_may_have_an_errno_or_none()
    {
        var line = Line(RecordKind.Connect);
        line["result"] = "other";
        Assert.Empty(_schema.Validate(line.ToJsonString()));

        line["errno"] = 99;
        Assert.Empty(_schema.Validate(line.ToJsonString()));
    }

    private static JsonObject Line(RecordKind kind) => JsonNode.Parse(JsonLines.Text(Event(kind) with { Container = JsonLines.Container }))!.AsObject();

    private static ConnectionEvent Event(RecordKind kind)
    {
        var e = JsonLines.Event(kind);
        e.Record.Owner.CgroupId = e.Record.BytesSent = long.MaxValue;
        return e;
    }

    private void AssertRefused(RecordKind kind, Action<JsonObject> change, string what)
    {
        var line = Line(kind);
        Assert.Empty(_schema.Validate(line.ToJsonString()));

        change(line);

        Assert.True(_schema.Validate(line.ToJsonString()).Count > 0, $"the schema allows a {kind} {what}");
    }
}
