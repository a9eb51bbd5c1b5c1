using System.Numerics;

namespace NetMon.Sources.Kernel;

/// <summary>How a fixed amount of memory is divided into rings.</summary>
/// <param name="Rings">How many; CPU n writes to ring n modulo this.</param>
/// <param name="RingBytes">Of each; a power of two.</param>
public sealed record RingLayout(int Rings, int RingBytes)
{
    /// <summary>Smaller rings than this lose events in a burst between two polls.</summary>
    public const int SmallestRingBytes = 256 * 1024;

    /// <summary>One ring a CPU as long as each gets <see cref="SmallestRingBytes"/>, else CPUs share.</summary>
    public static RingLayout For(int cpus, int totalBytes)
    {
        var rings = Math.Clamp(totalBytes / SmallestRingBytes, 1, cpus);
        var each = (int)BitOperations.RoundUpToPowerOf2((uint)(totalBytes / rings) + 1) / 2;
        return new RingLayout(rings, Math.Max(each, SmallestRingBytes));
    }
}
