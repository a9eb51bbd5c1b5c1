using System.Text;

namespace NetMon.Fuzz.Targets;

internal static class Text
{
    /// <summary>Bytes decoded to text: invalid UTF-8 becomes U+FFFD.</summary>
    public static string Of(ReadOnlyMemory<byte> input) => Encoding.UTF8.GetString(input.Span);
}
