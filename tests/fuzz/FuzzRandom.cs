using System.Numerics;
using System.Runtime.CompilerServices;

namespace NetMon.Fuzz;

/// <summary>Random numbers for mutations: xoroshiro128+, a few instructions each. Single-threaded.</summary>
internal sealed class FuzzRandom(ulong seed)
{
    private ulong _a = seed | 1;
    private ulong _b = 0x9e3779b97f4a7c15;

    /// <summary>A number from 0 up to, but not including, a positive bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Below(int bound)
    {
        var (a, b) = (_a, _b);
        var sum = a + b;
        b ^= a;
        (_a, _b) = (BitOperations.RotateLeft(a, 24) ^ b ^ (b << 16), BitOperations.RotateLeft(b, 37));
        return (int)((sum >> 32) * (uint)bound >> 32);
    }
}
