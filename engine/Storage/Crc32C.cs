using System.Numerics;
using System.Runtime.InteropServices;

namespace NetMon.Storage;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), for which processors have an instruction.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var rest in bytes[(sizeof(ulong) * words.Length)..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }
}
