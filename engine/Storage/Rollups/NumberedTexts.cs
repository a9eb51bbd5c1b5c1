using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>Numbers texts in the order of their first occurrence, across dictionaries. Memory is reused. Not thread-safe.</summary>
/// <param name="bits">The maximum width of a number.</param>
internal sealed class NumberedTexts(int bits)
{
    private readonly DistinctTexts _texts = new();
    private uint[] _numbers = [];
    private uint[] _ranks = [];
    private int[] _order = [];

    /// <summary>The number of texts.</summary>
    public int Count => _texts.Texts.Count;

    /// <summary>The text of a number; valid until another text is added.</summary>
    public ReadOnlySpan<byte> this[uint number] => _texts.Texts[(int)number];

    /// <summary>Returns the number of a text.</summary>
    /// <exception cref="DamagedFileException">There are more texts than numbers, which can't happen in a valid capture.</exception>
    public uint NumberOf(ReadOnlySpan<byte> text)
    {
        var number = _texts.IndexOf(text);
        return number < (1u << bits) - 1 ? number : throw new DamagedFileException("too many different texts");
    }

    /// <summary>Returns the numbers of a dictionary's texts, by index; valid until the next call.</summary>
    /// <exception cref="DamagedFileException">There are more texts than numbers.</exception>
    public ReadOnlySpan<uint> NumbersOf(PlainTexts texts)
    {
        if (_numbers.Length < texts.Count)
        {
            _numbers = new uint[texts.Count];
        }

        for (var index = 0; index < texts.Count; index++)
        {
            _numbers[index] = NumberOf(texts[index]);
        }

        return _numbers.AsSpan(0, texts.Count);
    }

    /// <summary>Returns the rank of each number's text in byte order; valid until the next call.</summary>
    public ReadOnlySpan<uint> Ranks()
    {
        if (_ranks.Length < Count)
        {
            (_ranks, _order) = (new uint[Count], new int[Count]);
        }

        var order = _order.AsSpan(0, Count);
        for (var number = 0; number < order.Length; number++)
        {
            order[number] = number;
        }

        order.Sort((one, other) => _texts.Texts[one].SequenceCompareTo(_texts.Texts[other]));
        for (var rank = 0; rank < order.Length; rank++)
        {
            _ranks[order[rank]] = (uint)rank;
        }

        return _ranks.AsSpan(0, Count);
    }

    /// <summary>Removes the texts; keeps the memory.</summary>
    public void Clear() => _texts.Clear();
}
