using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>The bit positions of the parts of a 128-bit key of <see cref="EventKeys"/>.</summary>
internal static class KeyBits
{
    // From the highest bit down, in the order of RollupKey. An optional part is stored as its number + 1, or 0 if missing.
    public const int ErrnoBits = 31;
    public const int ResultBits = 5;
    public const int PortBits = 17;
    public const int PeerBits = 26;
    public const int ProcessBits = 24;
    public const int ResultAt = ErrnoBits;
    public const int PortAt = ResultAt + ResultBits;
    public const int PeerAt = PortAt + PortBits;
    public const int DirectionAt = PeerAt + PeerBits;
    public const int ProcessAt = DirectionAt + 1;
    public const int ContainerAt = ProcessAt + ProcessBits;
    public const int ContainerBits = 128 - ContainerAt;

    /// <summary>Extracts a part of a key.</summary>
    public static uint Part(UInt128 key, int at, int bits) => (uint)(key >> at) & (uint)((1ul << bits) - 1);

    /// <summary>Adds a number to the key of each row that has one.</summary>
    /// <exception cref="DamagedFileException">A number is negative or above <paramref name="most"/>.</exception>
    public static void Add(UInt128[] keys, ReadOnlySpan<long> numbers, Presence? presence, int at, long most, uint plus)
    {
        for (var n = 0; n < numbers.Length; n++)
        {
            if (numbers[n] < 0 || numbers[n] > most)
            {
                throw new DamagedFileException("a port or an error number is out of range");
            }

            keys[presence is null ? n : presence.Rows[n]] |= (UInt128)((uint)numbers[n] + plus) << at;
        }
    }

    /// <summary>Replaces the numbers of a key's texts by their ranks, so that keys sort in the order of <see cref="RollupKey"/>.</summary>
    public static UInt128 Ranked(UInt128 key, ReadOnlySpan<uint> containers, ReadOnlySpan<uint> processes, ReadOnlySpan<uint> peers, ReadOnlySpan<uint> results)
    {
        var (container, result) = (Part(key, ContainerAt, ContainerBits), Part(key, ResultAt, ResultBits));
        return ((UInt128)(container == 0 ? 0 : containers[(int)container - 1] + 1) << ContainerAt)
            | ((UInt128)processes[(int)Part(key, ProcessAt, ProcessBits)] << ProcessAt)
            | ((UInt128)Part(key, DirectionAt, 1) << DirectionAt)
            | ((UInt128)peers[(int)Part(key, PeerAt, PeerBits)] << PeerAt)
            | ((UInt128)Part(key, PortAt, PortBits) << PortAt)
            | ((UInt128)(result == 0 ? 0 : results[(int)result - 1] + 1) << ResultAt)
            | Part(key, 0, ErrnoBits);
    }
}
