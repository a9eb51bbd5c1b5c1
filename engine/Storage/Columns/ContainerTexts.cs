using NetMon.Events;
using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>The containers of a row group. Those of hot batches are numbered, each once; their texts are made when the row group is written. One thread.</summary>
/// <param name="shared">Gives one object for equal containers.</param>
internal sealed class ContainerTexts(Func<ContainerIdentity, ContainerIdentity> shared)
{
    private readonly Dictionary<ContainerIdentity, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<ContainerIdentity> _containers = [];
    private readonly DistinctTexts _texts = new();
    private uint[] _indexOfNumber = [];
    private ContainerIdentity[] _dictionary = [];
    private int[] _numberOfEntry = [];

    /// <summary>The texts that <see cref="Index"/> made.</summary>
    public PlainTexts Texts => _texts.Texts;

    /// <summary>The number of an entry of a batch's dictionary.</summary>
    public int NumberOf(ContainerIdentity[] dictionary, int entry)
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

    /// <summary>Makes the dictionary of one text of the containers, and gives each row's index in it.</summary>
    public void Index(Func<ContainerIdentity, string> textOf, ReadOnlySpan<int> numbers, Span<uint> indices)
    {
        _texts.Clear();
        if (_indexOfNumber.Length < _containers.Count)
        {
            _indexOfNumber = new uint[2 * _containers.Count];
        }

        for (var number = 0; number < _containers.Count; number++)
        {
            _indexOfNumber[number] = _texts.IndexOf(textOf(_containers[number]));
        }

        for (var row = 0; row < numbers.Length; row++)
        {
            indices[row] = _indexOfNumber[numbers[row]];
        }
    }

    /// <summary>Forgets the containers; keeps the memory.</summary>
    public void Clear()
    {
        _numbers.Clear();
        _containers.Clear();
        _dictionary = [];
    }

    private void Take(ContainerIdentity[] dictionary)
    {
        _dictionary = dictionary;
        if (_numberOfEntry.Length < dictionary.Length)
        {
            _numberOfEntry = new int[dictionary.Length];
        }

        _numberOfEntry.AsSpan().Fill(-1);
    }

    private int NumberOf(ContainerIdentity container)
    {
        if (!_numbers.TryGetValue(container, out var number))
        {
            number = _containers.Count;
            _containers.Add(container);
            _numbers.Add(container, number);
        }

        return number;
    }
}
