using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The texts of one or more dictionaries, numbered in the order of their bytes: equal ones have one number. Keeps its memory from use to use. One thread.</summary>
internal sealed class RankedTexts
{
    private readonly PlainTexts _added = new();
    private readonly PlainTexts _ranked = new();
    private int[] _order = [];
    private uint[] _rankOf = [];

    /// <summary>How many different texts there are.</summary>
    public int Count => _ranked.Count;

    /// <summary>Forgets all texts.</summary>
    public void Clear()
    {
        _added.Clear();
        _ranked.Clear();
    }

    /// <summary>Adds a dictionary; returns how many texts were added before it.</summary>
    public int Add(PlainTexts texts)
    {
        var before = _added.Count;
        foreach (var text in texts)
        {
            _added.Add(text);
        }

        return before;
    }

    /// <summary>Adds a text; returns how many were added before it.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        _added.Add(text);
        return _added.Count - 1;
    }

    /// <summary>Numbers what was added.</summary>
    public void Rank()
    {
        var count = _added.Count;
        if (_order.Length < count)
        {
            (_order, _rankOf) = (new int[count], new uint[count]);
        }

        var order = _order.AsSpan(0, count);
        for (var n = 0; n < count; n++)
        {
            order[n] = n;
        }

        order.Sort((one, other) => _added[one].SequenceCompareTo(_added[other]));
        foreach (var n in order)
        {
            if (_ranked.Count == 0 || !_ranked[_ranked.Count - 1].SequenceEqual(_added[n]))
            {
                _ranked.Add(_added[n]);
            }

            _rankOf[n] = (uint)_ranked.Count - 1;
        }
    }

    /// <summary>The number of a text, by its place among those that were added.</summary>
    public uint RankOf(int place) => _rankOf[place];

    /// <summary>The text of a number; valid until the next <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Text(uint rank) => _ranked[(int)rank];
}
