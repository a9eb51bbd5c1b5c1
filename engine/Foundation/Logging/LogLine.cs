using System.Globalization;
using System.Text;
using NetMon.Native;

namespace NetMon.Foundation.Logging;

/// <summary>
/// Renders log lines. Whatever a message contains, a text line starts with a time only where an entry starts, and a JSON line is a single
/// valid object. Thread-safe.
/// </summary>
internal static class LogLine
{
    /// <summary>The maximum size of an entry, so that a write to a pipe is atomic.</summary>
    public const int MaxBytes = OutputDescriptor.AtomicPipeBytes;

    public const int MaxComponentBytes = 16;

    /// <summary>Longer messages are truncated; together with time, level, component and keys they fit into <see cref="MaxBytes"/>.</summary>
    public const int MaxMessageBytes = 3900;

    private const int TimeDigits = 3;
    private const int LongestRune = 12; // \ud83d\ude00
    private static ReadOnlySpan<byte> Ellipsis => "…"u8;

    /// <summary>Writes an entry with its newline to a span of <see cref="MaxBytes"/>; returns the number of bytes.</summary>
    public static int Write(Span<byte> to, LogFormat format, long unixNanoseconds, in LogEntry entry) => format switch
    {
        LogFormat.Json => WriteJson(to, unixNanoseconds, in entry),
        _ => WriteText(to, unixNanoseconds, in entry),
    };

    private static int WriteText(Span<byte> to, long unixNanoseconds, in LogEntry entry)
    {
        var length = Rfc3339.Write(to, unixNanoseconds, TimeDigits);
        Append(to, ref length, " "u8);
        Append(to, ref length, Word(entry.Level));
        Append(to, ref length, " "u8);
        AppendComponent(to, ref length, entry.Component);
        Append(to, ref length, ":"u8);
        var end = length + MaxMessageBytes;
        var first = true;
        foreach (var line in entry.Message.AsSpan().TrimEnd().EnumerateLines())
        {
            Append(to, ref length, first ? " "u8 : "\n  "u8);
            first = false;
            if (!TryAppendPrintable(to[..end], ref length, line))
            {
                Append(to, ref length, Ellipsis);
                break;
            }
        }

        Append(to, ref length, "\n"u8);
        return length;
    }

    /// <summary>Appends text; false if it does not fit.</summary>
    private static bool TryAppendPrintable(Span<byte> to, ref int length, ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (length + LongestRune > to.Length)
            {
                return false;
            }

            length += (IsPrintable(rune) ? rune : Rune.ReplacementChar).EncodeToUtf8(to[length..]);
        }

        return length + LongestRune <= to.Length;
    }

    private static int WriteJson(Span<byte> to, long unixNanoseconds, in LogEntry entry)
    {
        var length = 0;
        Append(to, ref length, "{\"time\":\""u8);
        length += Rfc3339.Write(to[length..], unixNanoseconds, TimeDigits);
        Append(to, ref length, "\",\"level\":\""u8);
        Append(to, ref length, Word(entry.Level));
        Append(to, ref length, "\",\"component\":\""u8);
        AppendComponent(to, ref length, entry.Component);
        Append(to, ref length, "\",\"message\":\""u8);
        var end = length + MaxMessageBytes;
        foreach (var rune in entry.Message.AsSpan().TrimEnd().EnumerateRunes())
        {
            if (length + LongestRune > end)
            {
                Append(to, ref length, Ellipsis);
                break;
            }

            AppendEscaped(to, ref length, rune);
        }

        Append(to, ref length, "\"}\n"u8);
        return length;
    }

    private static void AppendEscaped(Span<byte> to, ref int length, Rune rune)
    {
        switch (rune.Value)
        {
            case '\n':
                Append(to, ref length, "\\n"u8);
                return;
            case '"' or '\\':
                Append(to, ref length, "\\"u8);
                break;
        }

        if (IsPrintable(rune))
        {
            length += rune.EncodeToUtf8(to[length..]);
            return;
        }

        Span<char> units = stackalloc char[2];
        foreach (var unit in units[..rune.EncodeToUtf16(units)])
        {
            Append(to, ref length, "\\u"u8);
            ((ushort)unit).TryFormat(to[length..], out var digits, "x4", CultureInfo.InvariantCulture);
            length += digits;
        }
    }

    /// <summary>False for characters that a terminal or log viewer would interpret: control characters, line breaks, bidirectional controls.</summary>
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static ReadOnlySpan<byte> Word(LogLevel level) => level switch
    {
        LogLevel.Info => "info"u8,
        LogLevel.Warn => "warn"u8,
        _ => "error"u8,
    };

    private static void AppendComponent(Span<byte> to, ref int length, string component) =>
        length += Encoding.ASCII.GetBytes(component, to[length..]);

    private static void Append(Span<byte> to, ref int length, ReadOnlySpan<byte> text)
    {
        text.CopyTo(to[length..]);
        length += text.Length;
    }
}
