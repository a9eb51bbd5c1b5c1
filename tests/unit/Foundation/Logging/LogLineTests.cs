using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using NetMon.Foundation.Logging;
using Xunit;

namespace NetMon.UnitTests.Foundation.Logging;

public sealed partial class LogLineTests
{
    private const long Time = 1_764_137_041_123_456_789; // 2025-11-26T06:04:01.123456789Z

    private static readonly string[] Pieces =
    [
        "\n", "\r\n", "\r", "\u2028", "\u0085", "\f", "\v", "\0", "\u001b[31m", "\u007f", "\u009b", "\u202e", "\u200f", "\"", "\\",
        "{\"time\":\"", "2025-11-26T06:04:01.123Z info agent: ready: ", "\ud83d", "\ude00", "😀", "ä", " ", "\t",
    ];

    /// <summary>
    /// What an attacker may put into a name: controls, quotes, line breaks, direction overrides, lone surrogates, and anything else.
    /// </summary>
    private static readonly Gen<string> Hostile = Gen.OneOf(
        Gen.String,
        Gen.Int[0, Pieces.Length - 1].List[0, 60].Select(pieces => string.Concat(pieces.Select(piece => Pieces[piece]))),
        Gen.String.Select(text => string.Concat(Enumerable.Repeat(text + "x", 200))));

    [Fact]
    public void A_text_line_has_time_level_component_and_message()
    {
        Assert.Equal("2025-11-26T06:04:01.123Z info storage: paused: no room\n", Text(LogLevel.Info, "storage", "paused: no room"));
        Assert.Equal("2025-11-26T06:04:01.123Z warn json: slow\n", Text(LogLevel.Warn, "json", "slow"));
        Assert.Equal("2025-11-26T06:04:01.123Z error agent: ends\n", Text(LogLevel.Error, "agent", "ends"));
    }

    [Fact]
    public void A_JSON_line_has_the_same_fields_in_this_order() => Assert.Equal(
        "{\"time\":\"2025-11-26T06:04:01.123Z\",\"level\":\"warn\",\"component\":\"storage\",\"message\":\"a \\\"b\\\" \\\\ \\u0007 ä\\nwhat to do: c\"}\n",
        Json(LogLevel.Warn, "storage", "a \"b\" \\ \a ä\nwhat to do: c\n"));

    [Fact]
    public void Further_lines_of_a_message_are_indented_and_controls_are_replaced() => Assert.Equal(
        "2025-11-26T06:04:01.123Z error agent: this kernel\n  what to do: \ufffd[31mnothing\n  \n  2025-11-26T06:04:01.123Z info agent: ready: not so\n",
        Text(LogLevel.Error, "agent", "this kernel\r\nwhat to do: \u001b[31mnothing\n\n2025-11-26T06:04:01.123Z info agent: ready: not so\n"));

    [Theory]
    [InlineData("x", 1)]
    [InlineData("😀", 4)]
    [InlineData("\n", 1)]
    [InlineData("\0", 1)]
    public void A_long_message_is_cut_between_characters_and_marked(string piece, int least)
    {
        var message = "begin" + string.Concat(Enumerable.Repeat(piece, 10_000)) + "end";
        foreach (var line in (string[])[Text(LogLevel.Info, "uploader", message), Json(LogLevel.Info, "uploader", message)])
        {
            Assert.Contains("begin", line, StringComparison.Ordinal);
            Assert.DoesNotContain("end", line.Replace("begin", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Matches("…(\"})?\n$", line);
            Assert.DoesNotContain('\ufffd', piece == "\0" ? "" : line);
            Assert.InRange(Encoding.UTF8.GetByteCount(line), LogLine.MaxMessageBytes - 20 * least, LogLine.MaxBytes);
        }
    }

    [Fact]
    public void A_JSON_entry_of_any_message_is_one_object_on_one_line_and_not_an_event() => Hostile.Sample(message =>
    {
        var line = Json(LogLevel.Info, "containers", message);
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        using var parsed = JsonDocument.Parse(line);
        Assert.Equal(["time", "level", "component", "message"], parsed.RootElement.EnumerateObject().Select(property => property.Name));
        var whole = new StringBuilder();
        foreach (var rune in message.AsSpan().TrimEnd().EnumerateRunes())
        {
            whole.Append(rune);
        }

        var written = parsed.RootElement.GetProperty("message").GetString()!;
        Assert.True(written == whole.ToString() || (written[^1] == '…' && whole.ToString().StartsWith(written[..^1], StringComparison.Ordinal)), written);
    });

    [Fact]
    public void Only_the_first_line_of_any_text_message_looks_like_an_entry() => Hostile.Sample(message =>
    {
        var text = Text(LogLevel.Info, "containers", message);
        var lines = text.Split('\n');
        Assert.Matches(Entry(), lines[0]);
        Assert.All(lines[1..^1], line => Assert.StartsWith("  ", line, StringComparison.Ordinal));
        Assert.Equal("", lines[^1]);
        Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}-[\n]]", text);
    });

    private static string Text(LogLevel level, string component, string message) => Render(LogFormat.Text, new LogEntry(level, component, message));

    private static string Json(LogLevel level, string component, string message) => Render(LogFormat.Json, new LogEntry(level, component, message));

    private static string Render(LogFormat format, LogEntry entry)
    {
        var line = new byte[LogLine.MaxBytes];
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(line, 0, LogLine.Write(line, format, Time, entry));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|warn|error) [a-z]+: ")]
    private static partial Regex Entry();
}
