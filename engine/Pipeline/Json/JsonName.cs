using System.Buffers;
using System.Text;

namespace NetMon.Pipeline.Json;

/// <summary>Writes names from untrusted sources as the content of a JSON string of bounded length.</summary>
internal static class JsonName
{
    /// <summary>The maximum length of a name as written; Kubernetes names have up to 253 characters.</summary>
    public const int MaxBytes = 696;

    private const int MostCharacters = 256; // the prefix of a text that is examined
    private const int LongestEscape = 6; // \u001f
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5f).Select(b => (byte)b).Where(b => b is not ((byte)'"' or (byte)'\\'))]);

    /// <summary>Writes a text, cut at <paramref name="maxBytes"/>, which is at most <see cref="MaxBytes"/>.</summary>
    public static void Write(ref Utf8Cursor line, scoped ReadOnlySpan<char> name, int maxBytes = MaxBytes)
    {
        Span<byte> utf8 = stackalloc byte[3 * MostCharacters];
        Encoding.UTF8.TryGetBytes(name[..Math.Min(name.Length, MostCharacters)], utf8, out var length);
        Write(ref line, utf8[..length], maxBytes);
    }

    /// <summary>Writes a text that may be longer than a name. Not for use per event.</summary>
    public static void WriteText(ref Utf8Cursor line, string text, int maxBytes) => Write(ref line, Encoding.UTF8.GetBytes(text), maxBytes);

    /// <summary>Writes a prefix and a name; nothing if the name is empty.</summary>
    public static void WriteKnown(ref Utf8Cursor line, scoped ReadOnlySpan<byte> before, string name, int maxBytes)
    {
        if (name.Length > 0)
        {
            line.Append(before);
            Write(ref line, name, maxBytes);
        }
    }

    /// <summary>
    /// Writes arbitrary bytes as the content of a JSON string. Invalid UTF-8 becomes U+FFFD, as with .NET's decoder. Truncated at a character
    /// boundary if longer than <paramref name="maxBytes"/>.
    /// </summary>
    public static void Write(ref Utf8Cursor line, scoped ReadOnlySpan<byte> name, int maxBytes = MaxBytes)
    {
        var end = line.Length + maxBytes;
        while (true)
        {
            var special = name.IndexOfAnyExcept(Plain);
            var plain = Math.Min(special < 0 ? name.Length : special, end - line.Length);
            line.Append(name[..plain]);
            name = name[plain..];
            if (name.IsEmpty || end - line.Length < LongestEscape)
            {
                return;
            }

            _ = Rune.DecodeFromUtf8(name, out var rune, out var taken); // U+FFFD if invalid
            line.AppendEscaped(rune);
            name = name[taken..];
        }
    }
}
