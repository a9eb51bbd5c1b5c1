using System.Numerics;
using System.Runtime.InteropServices;

namespace NetMon.Foundation;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), which processors support by an instruction.</summary>
public static class Crc32C
{
    /// <summary>The checksum of no bytes.</summary>
    public const uint Empty = 0;

    public static uint Of(ReadOnlySpan<byte> bytes) => Append(Empty, bytes);

    /// <summary>Extends a checksum: <paramref name="crc"/> is that of the preceding bytes.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
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
