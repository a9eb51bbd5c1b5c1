using System.Buffers;
using System.Text;

namespace NetMon.Pipeline.Json;

/// <summary>Names that anybody may have chosen, as the inside of a JSON string of bounded length.</summary>
internal static class JsonName
{
    /// <summary>No name is longer as it is written; Kubernetes' own are up to 253.</summary>
    public const int MaxBytes = 696;

    private const int MostCharacters = 256; // of a text that is looked at
    private const int LongestEscape = 6; // \u001f
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5f).Select(b => (byte)b).Where(b => b is not ((byte)'"' or (byte)'\\'))]);

    /// <summary>The same for text, at most <paramref name="maxBytes"/> of it, which are at most <see cref="MaxBytes"/>.</summary>
    public static void Write(ref Utf8Cursor line, scoped ReadOnlySpan<char> name, int maxBytes = MaxBytes)
    {
        Span<byte> utf8 = stackalloc byte[3 * MostCharacters];
        Encoding.UTF8.TryGetBytes(name[..Math.Min(name.Length, MostCharacters)], utf8, out var length);
        Write(ref line, utf8[..length], maxBytes);
    }

    /// <summary>Longer text than a name, of which all is looked at. Not on the way of each event.</summary>
    public static void WriteText(ref Utf8Cursor line, string text, int maxBytes) => Write(ref line, Encoding.UTF8.GetBytes(text), maxBytes);

    /// <summary>What is before a name, and the name; nothing where there is none.</summary>
    public static void WriteKnown(ref Utf8Cursor line, scoped ReadOnlySpan<byte> before, string name, int maxBytes)
    {
        if (name.Length > 0)
        {
            line.Append(before);
            Write(ref line, name, maxBytes);
        }
    }

    /// <summary>
    /// Any bytes, as the inside of a JSON string: invalid UTF-8 becomes U+FFFD, as .NET's decoder replaces it. Cut, between
    /// two characters, where it gets longer than <paramref name="maxBytes"/>.
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

            _ = Rune.DecodeFromUtf8(name, out var rune, out var taken); // U+FFFD where invalid
            line.AppendEscaped(rune);
            name = name[taken..];
        }
    }
}
