using System.Globalization;
using System.Text;
using Spectre.Console;

namespace NetMon.Query.Printing;

/// <summary>
/// Makes untrusted texts safe for a terminal. Process names may contain any bytes: control characters, right-to-left letters and marks, which
/// would reorder the line, and invisible characters are escaped. Thread-safe.
/// </summary>
internal static class TerminalText
{
    public const char Ellipsis = '\u2026';

    private static readonly (int First, int Last)[] RightToLeft =
    [
        (0x590, 0x8ff), (0xfb1d, 0xfdff), (0xfe70, 0xfeff), (0x10800, 0x10fff), (0x1e800, 0x1efff),
    ];

    /// <summary>Returns the text as it may be written to a terminal.</summary>
    public static string Shown(string text)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or > '~')
            {
                return Escaped(text);
            }
        }

        return text;
    }

    /// <summary>Returns the number of terminal cells that a shown text occupies.</summary>
    public static int Width(string shown) => Ascii.IsValid(shown) ? shown.Length : shown.GetCellWidth();

    /// <summary>Truncates a shown text with an ellipsis if it is wider than this.</summary>
    public static string Cut(string shown, int width)
    {
        if (Width(shown) <= width)
        {
            return shown;
        }

        var cells = 0;
        var kept = 0;
        foreach (var rune in shown.EnumerateRunes())
        {
            cells += Width(rune.ToString());
            if (cells > width - 1)
            {
                break;
            }

            kept += rune.Utf16SequenceLength;
        }

        return width <= 0 ? "" : $"{shown[..kept]}{Ellipsis}";
    }

    /// <summary>Escapes characters as in JSON, so that JSON stays valid: those beyond 16 bits become two escapes.</summary>
    private static string Escaped(string text)
    {
        var shown = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var length = 1;
            if (Rune.TryGetRuneAt(text, at, out var rune) && (length = rune.Utf16SequenceLength) > 0 && IsShown(rune))
            {
                shown.Append(text, at, length);
            }
            else
            {
                foreach (var unit in text.AsSpan(at, length))
                {
                    shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
                }
            }

            at += length;
        }

        return shown.ToString();
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && !Array.Exists(RightToLeft, range => rune.Value >= range.First && rune.Value <= range.Last);
}
