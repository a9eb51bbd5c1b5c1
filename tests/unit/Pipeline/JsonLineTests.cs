using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Pipeline.Json;
using NetMon.UnitTests.Events;
using Xunit;

namespace NetMon.UnitTests.Pipeline;

public sealed class JsonLineTests
{
    private const long Second = 1_000_000_000;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    // Characters that need escaping or care: controls, quotes, lone surrogates, two- to four-byte ones.
    private static readonly Gen<string> HostileText =
        Gen.OneOf(Gen.Char['\0', '~'], Gen.Char['\u0000', '\u001f'], Gen.OneOf('"', '\\', '/', '\u007f', '\u2028', '\ud800', '\udfff', '\u00e9', '\ufffd', '\uffff'))
            .Array[0, 60].Select(characters => new string(characters));

    [Fact]
    public void An_established_CONNECT_is_this_line() => Assert.Equal(
        """
        {"timestamp":"2026-11-22T19:05:06.000000007Z","node":"node-1","type":"CONNECT","protocol":"TCP","src_ip":"10.0.1.5","src_port":45678,"dst_ip":"2001:db8::1","dst_port":443,"pid":4242,"process":"curl","netns":4026531840,"direction":"outbound","uid":1000,"cgroup_id":18446744073709551615,"result":"established","latency_us":1234,"connection_id":77}

        """,
        JsonLines.Text(JsonLines.Event(RecordKind.Connect)));

    [Theory]
    [InlineData(RecordKind.Connect, "result latency_us connection_id")]
    [InlineData(RecordKind.Accept, "latency_us connection_id")]
    [InlineData(RecordKind.Close, "latency_us duration_us bytes_sent bytes_received rtt_us retransmits reason connection_id delta_sent delta_received")]
    [InlineData(RecordKind.Flow, "latency_us duration_us bytes_sent bytes_received rtt_us retransmits connection_id delta_sent delta_received")]
    public void Keys_are_in_the_documented_order(RecordKind kind, string last)
    {
        const string first = "timestamp node type protocol src_ip src_port dst_ip dst_port pid process netns";
        const string then = "direction uid cgroup_id";
        var plain = JsonLines.Event(kind);
        var contained = plain with { Container = JsonLines.Container };

        var later = string.Concat(EventColumns.LineEnd.SkipWhile(column => column.Name != "dialed_port").Skip(1).Where(column => column.Rows.Has(plain.Facts)).Select(column => $" {column.Name}"));

        Assert.Equal($"{first} {then} {last}".Trim() + later, Keys(Parse(plain)));
        Assert.Equal($"{first} container {then} {last}".Trim() + later, Keys(Parse(contained)));
        Assert.Equal("container_id pod_name pod_namespace container_name", Keys(Parse(contained).GetProperty("container")));
    }

    [Fact]
    public void A_failed_CONNECT_has_its_errno_between_result_and_latency()
    {
        var e = JsonLines.Event(RecordKind.Connect);
        e.Record.Error = 111;

        Assert.EndsWith(",\"cgroup_id\":18446744073709551615,\"result\":\"refused\",\"errno\":111,\"latency_us\":1234,\"connection_id\":77}\n", JsonLines.Text(e), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, RecordFlags.ErrorUnknown, "other")]
    [InlineData(103, RecordFlags.None, "aborted")]
    public void A_CONNECT_with_unknown_errno_has_no_errno_key(uint error, RecordFlags flags, string result)
    {
        var e = JsonLines.Event(RecordKind.Connect);
        (e.Record.Error, e.Record.Flags) = (error, flags);

        Assert.Contains($"\"result\":\"{result}\",\"latency_us\"", JsonLines.Text(e), StringComparison.Ordinal);
    }

    [Fact]
    public void A_CLOSE_has_the_totals_of_the_connection()
    {
        Assert.Contains(
            ",\"cgroup_id\":18446744073709551615,\"latency_us\":1234,\"duration_us\":5678,\"bytes_sent\":18446744073709551614,\"bytes_received\":2,\"rtt_us\":345,\"retransmits\":6,\"reason\":\"reset_remote\",\"connection_id\":77,\"delta_sent\":1,\"delta_received\":2",
            JsonLines.Text(JsonLines.Event(RecordKind.Close)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_FLOW_has_the_totals_so_far_and_no_reason()
    {
        var line = JsonLines.Text(JsonLines.Event(RecordKind.Flow));

        Assert.Contains("\"type\":\"FLOW\",", line, StringComparison.Ordinal);
        Assert.Contains(
            ",\"latency_us\":1234,\"duration_us\":5678,\"bytes_sent\":18446744073709551614,\"bytes_received\":2,\"rtt_us\":345,\"retransmits\":6,\"connection_id\":77,\"delta_sent\":1,\"delta_received\":2",
            line,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RecordKind.Accept)]
    [InlineData(RecordKind.Close)]
    [InlineData(RecordKind.Flow)]
    public void Unknown_values_have_no_key(RecordKind kind)
    {
        var e = JsonLines.Event(kind);
        (e.Record.LatencyNanoseconds, e.Record.ConnectionId) = (0, 0);

        foreach (var key in (string[])["latency_us", "connection_id", "owner", "older", "delta_sent", "delta_received", "dialed_ip", "dialed_port"])
        {
            Assert.DoesNotContain($"\"{key}\"", JsonLines.Text(e), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(RecordFlags.OwnerInferred, ",\"owner\":\"inferred\"}")]
    [InlineData(RecordFlags.OwnerUnknown, ",\"owner\":\"unknown\"}")]
    [InlineData(RecordFlags.Older, ",\"older\":true}")]
    [InlineData(RecordFlags.Older | RecordFlags.OwnerInferred, ",\"owner\":\"inferred\",\"older\":true}")]
    [InlineData(RecordFlags.Dialed, ",\"dialed_ip\":\"10.96.0.1\",\"dialed_port\":80}")]
    public void Inexact_values_and_the_dialed_address_end_the_line(RecordFlags flags, string end)
    {
        var e = JsonLines.Event(RecordKind.Connect);
        e.Record.Flags = flags;
        e.Record.DialedAddress = Records.Inline([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 96, 0, 1]);
        e.Record.DialedPort = 80;

        Assert.EndsWith($",\"connection_id\":77{end}\n", JsonLines.Text(e), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CloseReason.FinLocal, "fin_local")]
    [InlineData(CloseReason.FinRemote, "fin_remote")]
    [InlineData(CloseReason.ResetLocal, "reset_local")]
    [InlineData(CloseReason.ResetRemote, "reset_remote")]
    [InlineData(CloseReason.TimedOut, "timed_out")]
    [InlineData(CloseReason.Aborted, "aborted")]
    [InlineData(CloseReason.Error, "error")]
    public void Each_close_reason_has_a_name(CloseReason reason, string word)
    {
        var e = JsonLines.Event(RecordKind.Close);
        e.Record.CloseReason = reason;

        Assert.Equal(word, Parse(e).GetProperty("reason").GetString());
    }

    [Fact]
    public void A_container_shows_the_first_twelve_characters_of_its_id()
    {
        var container = Parse(JsonLines.Event(RecordKind.Accept) with { Container = JsonLines.Container }).GetProperty("container");

        Assert.Equal("0123456789ab", container.GetProperty("container_id").GetString());
        Assert.Equal("web-7d64c9f9b8-x9k2m", container.GetProperty("pod_name").GetString());
        Assert.Equal("production", container.GetProperty("pod_namespace").GetString());
        Assert.Equal("nginx", container.GetProperty("container_name").GetString());
    }

    [Fact]
    public void Any_process_name_stays_on_one_line_and_matches_NET_decoding() =>
        Gen.OneOf(Gen.Byte, Gen.Byte[0, 31], Gen.Byte[0x7f, 0xff], Gen.OneOf((byte)'"', (byte)'\\', (byte)'\n', (byte)0xe2, (byte)0x80, (byte)0xf0)).Array[15].Sample(
            name =>
            {
                var e = JsonLines.Event(RecordKind.Accept);
                e.Record.Owner.Comm = Records.Inline(name);
                var end = Array.IndexOf(name, (byte)0);

                var expected = Encoding.UTF8.GetString(name, 0, end < 0 ? name.Length : end);

                Assert.Equal(expected, Parse(e).GetProperty("process").GetString());
            },
            iter: 50_000);

    [Fact]
    public void Any_node_and_container_names_stay_on_one_line_and_are_unchanged() => HostileText.Array[5].Sample(
        names =>
        {
            var id = "c" + names[0]; // without an id there is no container
            var e = JsonLines.Event(RecordKind.Connect) with { Container = new ContainerIdentity(id, names[1], names[2], names[3]) };
            var line = Parse(e, names[4]);
            var container = line.GetProperty("container");

            Assert.Equal(Replaced(id[..Math.Min(id.Length, 12)]), container.GetProperty("container_id").GetString());
            Assert.Equal(Replaced(names[1]), container.GetProperty("pod_name").GetString());
            Assert.Equal(Replaced(names[2]), container.GetProperty("pod_namespace").GetString());
            Assert.Equal(Replaced(names[3]), container.GetProperty("container_name").GetString());
            Assert.Equal(Replaced(names[4]), line.GetProperty("node").GetString());
        },
        iter: 20_000);

    [Fact]
    public void Known_keys_of_a_peer_are_between_the_dialed_address_and_the_end()
    {
        var e = JsonLines.Event(RecordKind.Connect) with { Peer = JsonLines.Peer };
        var text = JsonLines.Text(e);

        Assert.EndsWith(
            ""","peer":{"pod_name":"db-0","pod_namespace":"production","workload":"production/db","service":"db","node":"node-2","zone":"eu-1b"}}""" + "\n", text, StringComparison.Ordinal);
        Assert.EndsWith(""","peer":{"node":"node-2"}}""" + "\n", JsonLines.Text(e with { Peer = new PeerIdentity(Node: "node-2") }), StringComparison.Ordinal);
        Assert.Equal(JsonLines.Text(e with { Peer = null }), JsonLines.Text(e with { Peer = new PeerIdentity() }));
    }

    [Fact]
    public void Any_names_of_a_peer_are_unchanged() => HostileText.Array[6].Sample(
        names =>
        {
            var peer = Parse(JsonLines.Event(RecordKind.Connect) with { Peer = new PeerIdentity(names[0], names[1], names[2], names[3], names[4], names[5]) });
            string[] keys = ["pod_name", "pod_namespace", "workload", "service", "node", "zone"];
            Assert.Equal(
                names.Where(name => name.Length > 0).Select(Replaced),
                peer.TryGetProperty("peer", out var known) ? keys.Where(key => known.TryGetProperty(key, out _)).Select(key => known.GetProperty(key).GetString()!) : []);
        },
        iter: 5_000);

    [Theory]
    [InlineData('x')]
    [InlineData('\u0001')]
    [InlineData('"')]
    [InlineData('\uffff')]
    [InlineData('\ud800')]
    public void Overlong_names_are_cut_and_the_line_stays_within_its_limit(char character)
    {
        var endless = new string(character, 20_000);
        var e = JsonLines.Event(RecordKind.Close) with { Container = new ContainerIdentity(endless, endless, endless, endless), Peer = new PeerIdentity(endless, endless, endless, endless, endless, endless) };
        e.UnixNanoseconds = long.MaxValue;
        e.Record.SourceAddress = e.Record.DestinationAddress = Records.Inline([.. Enumerable.Repeat((byte)0xff, 16)]);
        e.Record.SourcePort = e.Record.DestinationPort = ushort.MaxValue;
        e.Record.NetworkNamespace = e.Record.Owner.Pid = e.Record.Owner.Uid = uint.MaxValue;
        e.Record.Owner.Comm = Records.Inline([.. Enumerable.Repeat((byte)1, 16)]);
        e.Record.LatencyNanoseconds = e.Record.DurationNanoseconds = e.Record.ConnectionId = ulong.MaxValue;
        e.Record.BytesSent = e.Record.BytesReceived = e.Record.DeltaSent = e.Record.DeltaReceived = ulong.MaxValue;
        e.Record.Flags = RecordFlags.OwnerInferred | RecordFlags.Older | RecordFlags.Dialed;
        (e.Record.DialedAddress, e.Record.DialedPort) = (e.Record.SourceAddress, ushort.MaxValue);
        e.Record.SmoothedRttMicroseconds = e.Record.Retransmits = uint.MaxValue;

        var line = Parse(e, endless);

        var shown = Replaced(line.GetProperty("container").GetProperty("pod_name").GetString()!);
        Assert.StartsWith(shown, Replaced(endless), StringComparison.Ordinal);
        Assert.InRange(shown.Length, 100, endless.Length - 1);
        Assert.InRange(line.GetProperty("node").GetString()!.Length, 100, endless.Length - 1);
    }

    [Fact]
    public void A_pod_without_a_name_shows_its_uid_and_one_with_a_name_does_not()
    {
        var nameless = Parse(JsonLines.Event(RecordKind.Close) with { Container = new ContainerIdentity("c0ffee", PodUid: "6f1e") });
        var named = Parse(JsonLines.Event(RecordKind.Close) with { Container = new ContainerIdentity("c0ffee", "web-0", "shop", "app", "6f1e") });

        Assert.Equal("6f1e", nameless.GetProperty("container").GetProperty("pod_uid").GetString());
        Assert.False(named.GetProperty("container").TryGetProperty("pod_uid", out _));
    }

    [Fact]
    public void The_longest_names_that_Kubernetes_allows_are_complete()
    {
        var (name, label) = (new string('n', 253), new string('l', 63));
        var line = Parse(JsonLines.Event(RecordKind.Close) with { Container = new ContainerIdentity(label, name, label, label) }, name);

        Assert.Equal(name, line.GetProperty("node").GetString());
        Assert.Equal(name, line.GetProperty("container").GetProperty("pod_name").GetString());
        Assert.Equal(label, line.GetProperty("container").GetProperty("pod_namespace").GetString());
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000000000Z")]
    [InlineData(999_999_999, "1970-01-01T00:00:00.999999999Z")]
    [InlineData(Second, "1970-01-01T00:00:01.000000000Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(-Second, "1969-12-31T23:59:59.000000000Z")]
    [InlineData(2_147_483_647 * Second + 999_999_999, "2038-01-19T03:14:07.999999999Z")]
    [InlineData(2_147_483_648 * Second, "2038-01-19T03:14:08.000000000Z")]
    [InlineData(4_294_967_296 * Second + 1, "2106-02-07T06:28:16.000000001Z")]
    [InlineData(951_782_400 * Second, "2000-02-29T00:00:00.000000000Z")]
    [InlineData(long.MaxValue, "2262-04-11T23:47:16.854775807Z")]
    public void Times_are_exact_to_the_nanosecond(long unixNanoseconds, string text) =>
        Assert.Equal(text, Parse(JsonLines.Event(RecordKind.Accept) with { UnixNanoseconds = unixNanoseconds }).GetProperty("timestamp").GetString());

    [Fact]
    public void One_writer_gives_each_event_its_own_second() => Gen.Long[-3 * Second, 3 * Second].Array[1, 20].Sample(
        times =>
        {
            var line = EventLine.Of(JsonFormat.Netmon, "n");
            var buffer = new byte[EventLine.MaxBytes];
            foreach (var time in times)
            {
                var e = JsonLines.Event(RecordKind.Accept) with { UnixNanoseconds = time };
                var text = Encoding.UTF8.GetString(buffer, 0, line.Write(in e, buffer));
                var (ticks, rest) = Math.DivRem(time + 10 * Second, 100);
                var expected = DateTime.UnixEpoch.AddSeconds(-10).AddTicks(ticks).ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture);

                Assert.StartsWith($"{{\"timestamp\":\"{expected}{rest:00}Z\"", text, StringComparison.Ordinal);
            }
        },
        iter: 3_000);

    private static JsonElement Parse(ConnectionEvent e, string node = "node-1")
    {
        var bytes = JsonLines.Bytes(e, node);
        _ = StrictUtf8.GetCharCount(bytes); // throws on invalid UTF-8
        Assert.Equal(bytes.Length - 1, Array.IndexOf(bytes, (byte)'\n'));
        return JsonDocument.Parse(bytes).RootElement;
    }

    private static string Keys(JsonElement element) => string.Join(' ', element.EnumerateObject().Select(property => property.Name));

    private static string Replaced(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
