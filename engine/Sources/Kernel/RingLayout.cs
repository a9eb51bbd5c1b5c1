using System.Numerics;

namespace NetMon.Sources.Kernel;

/// <summary>The division of a fixed amount of memory into rings.</summary>
/// <param name="Rings">The number of rings; CPU n writes to ring n modulo this.</param>
/// <param name="RingBytes">The size of each in bytes; a power of two.</param>
public sealed record RingLayout(int Rings, int RingBytes)
{
    /// <summary>The minimum size; smaller rings lose events in a burst between two polls.</summary>
    public const int SmallestRingBytes = 256 * 1024;

    /// <summary>Returns one ring per CPU if each gets at least <see cref="SmallestRingBytes"/>; otherwise CPUs share rings.</summary>
    public static RingLayout For(int cpus, int totalBytes)
    {
        var rings = Math.Clamp(totalBytes / SmallestRingBytes, 1, cpus);
        var each = (int)BitOperations.RoundUpToPowerOf2((uint)(totalBytes / rings) + 1) / 2;
        return new RingLayout(rings, Math.Max(each, SmallestRingBytes));
    }
}
