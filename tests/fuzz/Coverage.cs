using System.Numerics;
using System.Runtime.CompilerServices;
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
    /// <summary>One bit each for 1, 2, 3, 4 to 7 and 8 to 15 times; indexed by the count.</summary>
    private static readonly Vector512<byte> Few = TableOf([0, 1, 2, 4, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16, 16, 16]);

    /// <summary>One bit each for 16 to 31, 32 to 127 and more times; indexed by a sixteenth of the count.</summary>
    private static readonly Vector512<byte> Many = TableOf([0, 32, 64, 64, 64, 64, 64, 64, 128, 128, 128, 128, 128, 128, 128, 128]);

    private readonly byte[] _seen = new byte[FoldedMap.Bytes];
    private readonly byte* _map;

    public Coverage()
    {
        // The code that maps the memory is instrumented too.
        Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(ushort.MaxValue + 1);
        Trace.SharedMem = _map = FoldedMap.Create();
    }

    /// <summary>Map entries that were ever reached.</summary>
    public int Reached => _seen.Count(bits => bits != 0);

    /// <summary>Ends one execution: true if it took a new branch, or a known one in a new bucket. Clears the map.</summary>
    public bool EndOfOne()
    {
        var news = Vector512<byte>.Zero;
        for (var start = 0; start < FoldedMap.Bytes; start += 64 * Vector512<byte>.Count)
        {
            // Find the lines in use without unpredictable branches, then visit only those.
            var used = 0UL;
            for (var line = 0; line < 64; line++)
            {
                used |= (ulong)Unsafe.BitCast<bool, byte>(Vector512.Load(_map + start + line * Vector512<byte>.Count) != Vector512<byte>.Zero) << line;
            }

            for (; used != 0; used &= used - 1)
            {
                news |= TakeLine(start + BitOperations.TrailingZeroCount(used) * Vector512<byte>.Count);
            }
        }

        Trace.PrevLocation = 0;
        return news != Vector512<byte>.Zero;
    }

    /// <summary>Clears a line of the map and returns its new buckets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<byte> TakeLine(int at)
    {
        var times = Vector512.Load(_map + at);
        var sixteenths = times >>> 4;
        var buckets = (Vector512.ShuffleNative(Few, times & Vector512.Create((byte)15)) & Vector512.Equals(sixteenths, Vector512<byte>.Zero))
            | Vector512.ShuffleNative(Many, sixteenths);
        ref var seen = ref MemoryMarshal.GetArrayDataReference(_seen);
        var before = Vector512.LoadUnsafe(ref seen, (nuint)at);
        (before | buckets).StoreUnsafe(ref seen, (nuint)at);
        Vector512<byte>.Zero.Store(_map + at);
        return Vector512.AndNot(buckets, before);
    }

    private static Vector512<byte> TableOf(ReadOnlySpan<byte> sixteen)
    {
        Span<byte> table = stackalloc byte[Vector512<byte>.Count];
        for (var at = 0; at < table.Length; at++)
        {
            table[at] = sixteen[at % sixteen.Length];
        }

        return Vector512.Create<byte>(table);
    }
}
