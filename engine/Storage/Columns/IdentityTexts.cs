using NetMon.Events.Columns;
using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>The containers or peers of a row group. Assigns a number to each distinct one; texts are made when the row group is written. Not thread-safe.</summary>
/// <typeparam name="T">A container or a peer, compared by value.</typeparam>
/// <param name="shared">Maps an entry of a batch to the object that it is counted as.</param>
internal sealed class IdentityTexts<T>(Func<T, T> shared)
    where T : class
{
    private readonly Dictionary<T, int> _numbers = [];
    private readonly List<T> _identities = [];
    private readonly DistinctTexts _texts = new();
    private uint[] _indexOfNumber = [];
    private T[] _dictionary = [];
    private int[] _numberOfEntry = [];

    /// <summary>The index of a missing text.</summary>
    public const uint None = uint.MaxValue;

    /// <summary>The texts made by the last call of <see cref="Index"/>.</summary>
    public PlainTexts Texts => _texts.Texts;

    /// <summary>Returns the number of an entry of a batch's dictionary.</summary>
    public int NumberOf(T[] dictionary, int entry)
    {
        if (!ReferenceEquals(dictionary, _dictionary))
        {
            Take(dictionary);
        }

        ref var number = ref _numberOfEntry[entry];
        if (number < 0)
        {
            number = NumberOf(shared(dictionary[entry]));
        }

        return number;
    }

    /// <summary>Makes the dictionary of one text column, and returns its index for each number; <see cref="None"/> for a missing text.</summary>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<uint> Index(IdentityColumn<T> column)
    {
        _texts.Clear();
        if (_indexOfNumber.Length < _identities.Count)
        {
            _indexOfNumber = new uint[2 * _identities.Count];
        }

        for (var number = 0; number < _identities.Count; number++)
        {
            var identity = _identities[number];
            _indexOfNumber[number] = column.IsNull(identity) ? None : _texts.IndexOf(column.TextOf(identity));
        }

        return _indexOfNumber.AsSpan(0, _identities.Count);
    }

    /// <summary>Removes all entries; keeps the memory.</summary>
    public void Clear()
    {
        _numbers.Clear();
        _identities.Clear();
        _dictionary = [];
    }

    private void Take(T[] dictionary)
    {
        _dictionary = dictionary;
        if (_numberOfEntry.Length < dictionary.Length)
        {
            _numberOfEntry = new int[dictionary.Length];
        }

        _numberOfEntry.AsSpan().Fill(-1);
    }

    private int NumberOf(T identity)
    {
        if (!_numbers.TryGetValue(identity, out var number))
        {
            number = _identities.Count;
            _identities.Add(identity);
            _numbers.Add(identity, number);
        }

        return number;
    }
}
