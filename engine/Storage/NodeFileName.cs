using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace NetMon.Storage;

/// <summary>
/// A node's name encoded as a part of a file name. Letters, digits, '.', '-' and '_' are kept; other bytes of its UTF-8 and a leading dot
/// become %XX, so that no name leaves the folder, is hidden or is a glob pattern, and different names stay different.
/// </summary>
internal static class NodeFileName
{
    /// <summary>The hour, a unique part and the extension need 50 of the 255 bytes of a file name.</summary>
    private const int MaxLength = 200;

    private const string NoName = "%00"; // node names do not contain this byte
    private const int DigestLength = 2 * sizeof(ulong);

    public static string Of(string node)
    {
        var name = new StringBuilder(node.Length);
        foreach (var value in Encoding.UTF8.GetBytes(node))
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'_' || (value == '.' && name.Length > 0))
            {
                name.Append((char)value);
            }
            else
            {
                name.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }

        return name.Length switch
        {
            0 => NoName,
            <= MaxLength => name.ToString(),
            _ => string.Concat(name.ToString(0, MaxLength - 1 - DigestLength), "~", Digest(node)),
        };
    }

    /// <summary>Decodes the result of <see cref="Of"/>; null if it contains a digest or is not such a name.</summary>
    public static string? TryDecode(string fileName)
    {
        var bytes = new List<byte>(fileName.Length);
        for (var i = 0; i < fileName.Length; i++)
        {
            if (fileName[i] != '%')
            {
                bytes.Add((byte)fileName[i]);
            }
            else if (byte.TryParse(fileName.AsSpan(i + 1, Math.Min(2, fileName.Length - i - 1)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                i += 2;
            }
        }

        var node = fileName == NoName ? "" : Encoding.UTF8.GetString([.. bytes]);
        return Of(node) == fileName ? node : null;
    }

    /// <summary>XXH64 suffices to distinguish names. System.Security.Cryptography needs OpenSSL, which the agent's image does not contain.</summary>
    private static string Digest(string node) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(node)).ToString("x16", CultureInfo.InvariantCulture);
}
