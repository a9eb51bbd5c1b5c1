using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Pipeline.Json;
using NetMon.UnitTests.Events;
using NetMon.UnitTests.Layout;
using NJsonSchema;
using Xunit;

namespace NetMon.UnitTests.Pipeline;

/// <summary>--json-format ecs and otel: complete lines, and their schemas.</summary>
public sealed class OtherFormatsTests
{
    private static readonly ContainerIdentity Pod = JsonLines.Container with { PodUid = "6f1e1c52-0c2b-4a58-9f0e-1f6f3d7a9b01", Image = "docker.io/library/nginx:1.27" };

    [Fact]
    public void A_CONNECT_in_ECS() => AssertLine(
        JsonFormat.Ecs,
        JsonLines.Event(RecordKind.Connect) with { Container = Pod },
        """
        {"@timestamp":"2026-11-22T19:05:06.000000007Z","ecs":{"version":"8.17.0"},"host":{"name":"node-1"},
        "event":{"kind":"event","module":"netmon","dataset":"netmon.connection","category":["network"],"type":["connection","start"],"action":"connect","outcome":"success","duration":1234999},
        "network":{"transport":"tcp","type":"ipv6","direction":"egress"},"source":{"ip":"10.0.1.5","port":45678},"destination":{"ip":"2001:db8::1","port":443},
        "process":{"pid":4242,"name":"curl"},"user":{"id":"1000"},
        "container":{"id":"0123456789abcdef0123456789abcdef","name":"nginx","image":{"name":"docker.io/library/nginx:1.27"}},
        "orchestrator":{"type":"kubernetes","resource":{"type":"pod","name":"web-7d64c9f9b8-x9k2m","id":"6f1e1c52-0c2b-4a58-9f0e-1f6f3d7a9b01"},"namespace":"production"},
        "netmon":{"netns":4026531840,"cgroup_id":18446744073709551615,"connection_id":77}}
        """);

    [Fact]
    public void A_CONNECT_that_failed_in_ECS_says_why()
    {
        var e = JsonLines.Event(RecordKind.Connect);
        e.Record.Error = 111;
        var line = JsonNode.Parse(JsonLines.Text(e, format: JsonFormat.Ecs))!;
        Assert.Equal("failure refused 111", $"{line["event"]!["outcome"]} {line["event"]!["reason"]} {line["error"]!["code"]}");
        Assert.Null(line["container"]);
        Assert.Null(line["orchestrator"]);
    }

    [Theory]
    [InlineData(Direction.Outbound, "egress", "18446744073709551614", "2")]
    [InlineData(Direction.Inbound, "ingress", "2", "18446744073709551614")]
    public void A_CLOSE_in_ECS_has_the_bytes_at_the_end_that_sent_them(Direction direction, string called, string source, string destination)
    {
        var e = JsonLines.Event(RecordKind.Close);
        e.Record.Direction = direction;
        var line = JsonNode.Parse(JsonLines.Text(e, format: JsonFormat.Ecs))!;
        Assert.Equal(called, line["network"]!["direction"]!.ToString());
        Assert.Equal((source, destination), (line["source"]!["bytes"]!.ToJsonString(), line["destination"]!["bytes"]!.ToJsonString()));
        AssertText("""{"netns":4026531840,"cgroup_id":18446744073709551615,"latency_us":1234,"rtt_us":345,"retransmits":6,"connection_id":77,"delta_sent":1,"delta_received":2}""", line["netmon"]!.ToJsonString());
        Assert.Equal("failure reset_remote", $"{line["event"]!["outcome"]} {line["event"]!["reason"]}");
    }

    [Fact]
    public void A_FLOW_in_ECS_is_neither_a_success_nor_a_failure()
    {
        var line = JsonNode.Parse(JsonLines.Text(JsonLines.Event(RecordKind.Flow), format: JsonFormat.Ecs))!;
        Assert.Equal("""["connection","info"]""", line["event"]!["type"]!.ToJsonString());
        Assert.Equal("flow 5678999", $"{line["event"]!["action"]} {line["event"]!["duration"]}");
        Assert.Null(line["event"]!["outcome"]);
        Assert.Equal("18446744073709551614 2", $"{line["source"]!["bytes"]} {line["destination"]!["bytes"]}");
        Assert.Equal(1234, (int)line["netmon"]!["latency_us"]!);
    }

    [Fact]
    public void The_dialed_address_is_the_server_in_OpenTelemetry()
    {
        var e = JsonLines.Event(RecordKind.Connect);
        (e.Record.Flags, e.Record.DialedAddress, e.Record.DialedPort) = (RecordFlags.Dialed, e.Record.SourceAddress, 80);
        var line = JsonNode.Parse(JsonLines.Text(e, format: JsonFormat.Otel))!;
        Assert.Equal("10.0.1.5 80", $"{line["server.address"]} {line["server.port"]}");
    }

    [Fact]
    public void A_CLOSE_in_OpenTelemetrys_names() => AssertLine(
        JsonFormat.Otel,
        JsonLines.Event(RecordKind.Close) with { Container = Pod },
        """
        {"timestamp":"2026-11-22T19:05:06.000000007Z","event.name":"netmon.close","host.name":"node-1","network.transport":"tcp","network.type":"ipv6",
        "network.local.address":"10.0.1.5","network.local.port":45678,"network.peer.address":"2001:db8::1","network.peer.port":443,"netmon.direction":"outbound",
        "process.pid":4242,"process.executable.name":"curl","process.real_user.id":1000,
        "container.id":"0123456789abcdef0123456789abcdef","k8s.container.name":"nginx","container.image.name":"docker.io/library/nginx:1.27","k8s.namespace.name":"production","k8s.pod.name":"web-7d64c9f9b8-x9k2m","k8s.pod.uid":"6f1e1c52-0c2b-4a58-9f0e-1f6f3d7a9b01",
        "netmon.netns":4026531840,"netmon.cgroup_id":18446744073709551615,"netmon.latency_us":1234,"netmon.duration_us":5678,"netmon.bytes_sent":18446744073709551614,"netmon.bytes_received":2,"netmon.rtt_us":345,"netmon.retransmits":6,"netmon.reason":"reset_remote","netmon.connection_id":77,"netmon.delta_sent":1,"netmon.delta_received":2}
        """);

    [Fact]
    public void An_ACCEPT_in_OpenTelemetrys_names_has_the_owners_end_as_local()
    {
        var line = JsonNode.Parse(JsonLines.Text(JsonLines.Event(RecordKind.Accept) with { Container = new ContainerIdentity("abc", ContainerName: "web") }, format: JsonFormat.Otel))!;
        Assert.Equal("2001:db8::1 443 10.0.1.5 45678", $"{line["network.local.address"]} {line["network.local.port"]} {line["network.peer.address"]} {line["network.peer.port"]}");
        Assert.Equal("web", line["container.name"]!.ToString());
        Assert.Null(line["k8s.container.name"]);
    }

    [Theory]
    [InlineData(JsonFormat.Ecs)]
    [InlineData(JsonFormat.Otel)]
    public async Task Every_line_matches_its_schema_and_an_additional_key_does_not(JsonFormat format)
    {
        var name = $"schemas/{format.ToString().ToLowerInvariant()}.schema.json";
        var schema = await JsonSchema.FromFileAsync(RepositoryFiles.Find(name, "it belongs to the repository"), TestContext.Current.CancellationToken);
        Gen.Select(Gen.OneOf(RecordKind.Connect, RecordKind.Accept, RecordKind.Close, RecordKind.Flow), Gen.OneOf(0u, 103u, 111u, 99u), Gen.Enum<CloseReason>(), Gen.Byte.Array[16], Gen.Int[0, 3], Gen.Byte[0, 31])
            .Sample(
                (kind, error, ending, bytes, container, flags) =>
                {
                    var e = JsonLines.Event(kind);
                    (e.Record.Error, e.Record.CloseReason, e.Record.Flags) = (error, ending, (RecordFlags)flags);
                    e.Record.DialedAddress = Records.Inline(bytes);
                    e.Record.ConnectionId = e.Record.LatencyNanoseconds = flags % 3u;
                    e.Record.SourceAddress = e.Record.Owner.Comm = Records.Inline(bytes);
                    e.Record.Owner.CgroupId = e.Record.BytesSent = long.MaxValue; // NJsonSchema can't compare larger numbers
                    e.Container = container switch { 0 => null, 1 => Pod, 2 => new ContainerIdentity("abc", PodUid: "u"), _ => new ContainerIdentity("abc", ContainerName: "web") };
                    e.Peer = (flags % 4) switch { 0 => null, 1 => new PeerIdentity(Node: "node-2"), 2 => new PeerIdentity(), _ => JsonLines.Peer };
                    var line = JsonNode.Parse(JsonLines.Text(e, format: format))!.AsObject();
                    Assert.Empty(schema.Validate(line.ToJsonString()));
                    line["surprise"] = 1;
                    Assert.NotEmpty(schema.Validate(line.ToJsonString()));
                },
                iter: 500);
    }

    [Fact]
    public void In_both_formats_the_peer_has_its_own_namespace_and_only_known_keys()
    {
        var e = JsonLines.Event(RecordKind.Connect) with { Peer = new PeerIdentity("db-0", "production", Service: "db") };

        var ecs = JsonNode.Parse(JsonLines.Text(e, format: JsonFormat.Ecs))!["netmon"]!["peer"]!;
        Assert.Equal("""{"pod_name":"db-0","pod_namespace":"production","service":"db"}""", ecs.ToJsonString());
        var otel = JsonNode.Parse(JsonLines.Text(e, format: JsonFormat.Otel))!.AsObject();
        Assert.Equal(
            ["netmon.peer.pod_name db-0", "netmon.peer.pod_namespace production", "netmon.peer.service db"],
            otel.Where(key => key.Key.StartsWith("netmon.peer.", StringComparison.Ordinal)).Select(key => $"{key.Key} {key.Value}"));
    }

    [Theory]
    [InlineData(JsonFormat.Ecs)]
    [InlineData(JsonFormat.Otel)]
    public void The_longest_and_hostile_names_keep_the_line_complete_and_short(JsonFormat format)
    {
        foreach (var name in (string[])[new string('\u0001', 5000), new string('"', 5000), string.Concat(Enumerable.Repeat("\ud83d\ude00", 5000)), new string('\ud800', 5000), "a\n{\"b\":\"}"])
        {
            var e = JsonLines.Event(RecordKind.Close) with { Container = new ContainerIdentity(name, name, name, name, name, name), Peer = new PeerIdentity(name, name, name, name, name, name) };
            e.Record.Owner.Comm = Records.Inline("\"\\\n\u0001\"}{\u007f"u8);
            var bytes = JsonLines.Bytes(e, name, format);
            Assert.True(bytes.Length <= EventLine.MaxBytes);
            Assert.Equal(bytes.Length - 1, bytes.AsSpan().IndexOf((byte)'\n'));
            using var parsed = JsonDocument.Parse(bytes);
        }
    }

    private static void AssertLine(JsonFormat format, ConnectionEvent e, string expected) =>
        AssertText(expected.ReplaceLineEndings("") + "\n", JsonLines.Text(e, format: format));

    /// <summary>
    /// Compares lines, except that keys of columns added after version 2 may precede the closing brace; the schemas check those.
    /// </summary>
    private static void AssertText(string expected, string actual)
    {
        if (EventColumns.LineEnd[^1].Name == "dialed_port")
        {
            Assert.Equal(expected, actual);
        }
        else
        {
            Assert.StartsWith(expected.TrimEnd('\n', '}'), actual, StringComparison.Ordinal);
        }
    }
}
