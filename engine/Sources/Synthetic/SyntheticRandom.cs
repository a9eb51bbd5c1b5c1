namespace NetMon.Sources.Synthetic;

/// <summary>xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled"): the same seed generates the same numbers.</summary>
internal struct SyntheticRandom(ulong seed)
{
    private ulong _state = seed * 0x9e3779b97f4a7c15 + 1;

    /// <summary>Returns 48 uniformly distributed bits.</summary>
    public ulong Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (_state * 0x2545f4914f6cdd1d) >> 16;
    }

    /// <summary>Returns a number from 0 to <paramref name="bound"/> - 1; the bound is at most 2^16.</summary>
    public int Below(int bound) => (int)(((Next() & 0xffff_ffff) * (ulong)bound) >> 32);

    /// <summary>Returns a number from 1 to 2^bits - 1, with each power of two equally likely: mostly small ones, and some large ones.</summary>
    public ulong Spread(int bits)
    {
        var r = Next();
        var power = (int)(((r & 0xffff) * (ulong)bits) >> 16);
        return (1ul << power) + ((r >> 16) & ((1ul << power) - 1));
    }
}
