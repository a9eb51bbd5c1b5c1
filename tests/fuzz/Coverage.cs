using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SharpFuzz.Common;

namespace NetMon.Fuzz;

/// <summary>
/// Which branches of the instrumented assemblies were taken, and how often, in AFL's buckets. One instance per process, one thread: the
/// instrumentation writes to one map.
/// </summary>
internal sealed unsafe class Coverage
{
    private const int MapBytes = 1 << 16;
    private readonly byte* _map = (byte*)NativeMemory.AlignedAlloc(MapBytes, 64);
    private readonly byte[] _seen = new byte[MapBytes];

    public Coverage()
    {
        Trace.SharedMem = _map;
        NativeMemory.Clear(_map, MapBytes);
    }

    /// <summary>Map entries that were ever reached.</summary>
    public int Reached => _seen.Count(bits => bits != 0);

    /// <summary>Ends one execution: true if it took a new branch, or a known one much more often. Clears the map.</summary>
    public bool EndOfOne()
    {
        var isNew = false;
        for (var at = 0; at < MapBytes; at += Vector256<byte>.Count)
        {
            if (Vector256.Load(_map + at) == Vector256<byte>.Zero)
            {
                continue;
            }

            for (var i = at; i < at + Vector256<byte>.Count; i++)
            {
                var bucket = Bucket(_map[i]);
                isNew |= (bucket & ~_seen[i]) != 0;
                _seen[i] |= bucket;
            }

            Vector256<byte>.Zero.Store(_map + at);
        }

        Trace.PrevLocation = 0;
        return isNew;
    }

    /// <summary>One bit each for 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127 and more.</summary>
    private static byte Bucket(byte times) => times switch
    {
        0 => 0,
        <= 3 => (byte)(1 << (times - 1)),
        < 128 => (byte)(1 << Math.Min(BitOperations.Log2(times) + 1, 6)),
        _ => 128,
    };
}
