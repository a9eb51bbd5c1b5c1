using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using NetMon.Events;
using NetMon.Query.Observe;
using NetMon.Query.Printing;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query.Observe;

/// <summary>Lines for people: aligned, no wider than the terminal, and without control sequences.</summary>
public sealed partial class EventLinesTests
{
    private static readonly ConnectionEvent Failed = Sample.Connect(Sample.Hour19 + 123_456_789, error: 111) with { Container = Sample.Container, Peer = Sample.Peer };

    [Fact]
    public void A_line_fits_the_terminal()
    {
        Assert.Equal($"19:00:00 production/nginx-7… → {"production/db:65535",-22} {"refused",-13}  1.2ms", Line(new CompactLines(80, isColoured: false), Failed));
        Assert.Equal($"19:00:00.123 production/nginx-7d64c9f9b8… → {"production/db:65535",-32} {"CONNECT refused",-24}  1.2ms", Line(new CompactLines(120, isColoured: false), Failed));
        Assert.Equal(
            $"19:00:00.123 {"production/nginx-7d64c9f9b8-x9k2m",-55} {"curl[2147483647]",-22} → {"production/db:65535",-56} {"CONNECT refused",-24}  1.2ms", Line(new CompactLines(200, isColoured: false), Failed));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    [InlineData(200)]
    public void Lines_are_aligned_and_no_wider_than_the_terminal(int width)
    {
        var compact = new CompactLines(width, isColoured: false);
        string[] lines = [.. Events().Select(e => Line(compact, e))];
        Assert.All(lines, line => Assert.True(TerminalText.Width(line) <= width, $"{TerminalText.Width(line)}: {line}"));
        Assert.Single(lines.Select(line => TerminalText.Width(line[..line.IndexOfAny(['→', '←'])])).Distinct());
    }

    [Fact]
    public void Control_and_reordering_characters_are_escaped()
    {
        string[] hostile = ["\u001b[31mred", "a\nb\r", "\u009b2J", "\u202egnp.exe", "\u2066x", "\u05d0\u05d1", "\u200b", "\u061c\u0000", "\ud800", "\u2028", "\U000e0041", "\u007f", "\u001b]0;title\u0007"];
        foreach (var name in hostile)
        {
            var e = Failed with { Container = Sample.Container with { PodName = name, Workload = name }, Peer = Sample.Peer with { Service = name, PodName = name } };
            e.Record.Owner.Comm = Sample.Bytes(Encoding.UTF8.GetBytes(name).AsSpan(0, Math.Min(15, Encoding.UTF8.GetByteCount(name))));
            foreach (var lines in (IEventLines[])[new CompactLines(80, false), new CompactLines(200, false), new CompactLines(null, false), new WideLines(false), new JsonLines(forTerminal: true)])
            {
                var line = Line(lines, e, name);
                Assert.DoesNotMatch(Obeyed(), line);
            }
        }

        Assert.Equal("\\u001b[31mred\\udb40\\udc41\\ud800é日本", TerminalText.Shown("\u001b[31mred\U000e0041\ud800é日本"));
        Assert.Equal("日…", TerminalText.Cut("日本語", 4));
    }

    [Fact]
    public void Colours_are_written_on_request_and_change_no_width()
    {
        var plain = Line(new CompactLines(120, isColoured: false), Failed);
        var coloured = Line(new CompactLines(120, isColoured: true), Failed);
        Assert.Contains("\u001b[31mCONNECT refused\u001b[0m", coloured, StringComparison.Ordinal);
        Assert.Equal(plain, Sgr().Replace(coloured, ""));
    }

    [Fact]
    public void The_peer_and_the_called_port_are_shown_for_each_direction()
    {
        var compact = new CompactLines(null, isColoured: false);
        var inbound = Sample.Accept(Sample.Hour19);
        Assert.Matches(@"^2026-11-22T19:00:00\.000000Z curl\[2147483647\]:65535 +← 10\.0\.1\.5 +ACCEPT$", Line(compact, inbound));
        Assert.Matches(@"^2026-11-22T19:00:00\.000000Z curl\[2147483647\] +→ \[2001:db8::1\]:65535 +CLOSE fin_remote +7\.0ms +8\.0E/4\.0K$", Line(compact, Sample.Close(Sample.Hour19)));
        Assert.Matches(@"node-1 CONNECT refused +outbound production/nginx +production/nginx-7d64c9f9b8-x9k2m +curl\[2147483647\] +10\.0\.1\.5:45678 +→ \[2001:db8::1\]:65535 +production/db +1\.2ms$", Line(new WideLines(isColoured: false), Failed));
    }

    [Theory]
    [InlineData(0UL, "0us")]
    [InlineData(870_499UL, "870us")]
    [InlineData(999_500UL, "1.0ms")]
    [InlineData(34_400_000UL, "34ms")]
    [InlineData(9_949_000_000UL, "9.9s")]
    [InlineData(59_999_000_000UL, "59s")]
    [InlineData(306_000_000_000UL, "5m06s")]
    [InlineData(25_680_000_000_000UL, "7h08m")]
    [InlineData(ulong.MaxValue, "213503d")]
    public void Durations_are_short(ulong nanoseconds, string text) => Assert.Equal(text, Amounts.Duration(nanoseconds));

    [Theory]
    [InlineData(0UL, "0B")]
    [InlineData(999UL, "999B")]
    [InlineData(1000UL, "1.0K")]
    [InlineData(10_240UL, "10K")]
    [InlineData(1_048_576UL, "1.0M")]
    [InlineData(ulong.MaxValue, "16E")]
    public void Sizes_are_short(ulong bytes, string text) => Assert.Equal(text, Amounts.Size(bytes));

    private static IEnumerable<ConnectionEvent> Events() =>
    [
        Failed, Failed with { Container = null, Peer = null }, Sample.Accept(Sample.Hour19), Sample.Close(Sample.Hour19), Sample.Flow(Sample.Hour19),
        Sample.Connect(Sample.Hour19, error: 113) with { Container = new ContainerIdentity("c0ffee", ContainerName: new string('日', 60)), Peer = new PeerIdentity(PodName: new string('p', 200)) },
        Sample.Connect(Sample.Hour19) with { Container = Sample.Container, Peer = new PeerIdentity(Node: "node-2") },
    ];

    private static string Line(IEventLines lines, ConnectionEvent e, string node = "node-1")
    {
        var written = new ArrayBufferWriter<byte>();
        lines.Write(node, in e, written);
        var text = Encoding.UTF8.GetString(written.WrittenSpan);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text[..^1];
    }

    [GeneratedRegex("[\u0000-\u001f\u007f-\u009f\u061c\u200b\u2028\u202a-\u202e\u2066-\u2069]")]
    private static partial Regex Obeyed();

    [GeneratedRegex("\u001b\\[[0-9]+m")]
    private static partial Regex Sgr();
}
