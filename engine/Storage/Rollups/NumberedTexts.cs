using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>Numbers texts in the order in which they come, whatever dictionary they come from. Keeps its memory from use to use. One thread.</summary>
/// <param name="bits">That a number has at most.</param>
internal sealed class NumberedTexts(int bits)
{
    private readonly DistinctTexts _texts = new();
    private uint[] _numbers = [];
    private uint[] _ranks = [];
    private int[] _order = [];

    /// <summary>How many there are.</summary>
    public int Count => _texts.Texts.Count;

    /// <summary>The text of a number; valid until the next is added.</summary>
    public ReadOnlySpan<byte> this[uint number] => _texts.Texts[(int)number];

    /// <summary>A text's number.</summary>
    /// <exception cref="DamagedFileException">There are more texts than numbers: more than a capture has.</exception>
    public uint NumberOf(ReadOnlySpan<byte> text)
    {
        var number = _texts.IndexOf(text);
        return number < (1u << bits) - 1 ? number : throw new DamagedFileException("too many different texts");
    }

    /// <summary>The numbers of a dictionary's texts, by their index; valid until the next call.</summary>
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

    /// <summary>The place of each number's text in the order of their bytes; valid until the next call.</summary>
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

    /// <summary>Forgets the texts; keeps the memory.</summary>
    public void Clear() => _texts.Clear();
}
