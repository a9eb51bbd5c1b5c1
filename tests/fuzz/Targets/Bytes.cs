using System.Runtime.InteropServices;

namespace NetMon.Fuzz.Targets;

internal static class Bytes
{
    /// <summary>A stream over the bytes of an array, without a copy.</summary>
    public static MemoryStream Stream(ReadOnlyMemory<byte> input) => MemoryMarshal.TryGetArray(input, out var bytes)
        ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
        : throw new ArgumentException("the memory is not backed by an array", nameof(input));
}
