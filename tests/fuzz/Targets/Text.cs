using System.Text;

namespace NetMon.Fuzz.Targets;

internal static class Text
{
    /// <summary>Bytes as a program gets them that reads text: what is no UTF-8 is U+FFFD.</summary>
    public static string Of(byte[] input) => Encoding.UTF8.GetString(input);
}
