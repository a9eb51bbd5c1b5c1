namespace NetMon.Storage.Rollups;

/// <summary>Latencies of numbered keys, by bucket. Memory is reused. Not thread-safe.</summary>
internal sealed class KeyLatencies
{
    private readonly LatencyHistogram _histogram = new();
    private uint[] _keys = [];
    private ushort[] _buckets = [];
    private ushort[] _sorted = [];
    private int[] _ends = [];
    private int _count;

    /// <summary>Preallocates memory for the expected number of latencies.</summary>
    public void Reserve(int count)
    {
        if (_keys.Length < count)
        {
            Array.Resize(ref _keys, count);
            Array.Resize(ref _buckets, count);
        }
    }

    public void Add(uint key, int bucket)
    {
        if (_count == _keys.Length)
        {
            Reserve(Math.Max(1024, _count + _count / 2));
        }

        (_keys[_count], _buckets[_count++]) = (key, (ushort)bucket);
    }

    /// <summary>Sorts the latencies by key; must be called before <see cref="TextOf"/>.</summary>
    /// <param name="keys">The number of keys.</param>
    public void Settle(int keys)
    {
        if (_ends.Length < keys + 1)
        {
            _ends = new int[Math.Max(keys + 1, _keys.Length)];
        }

        if (_sorted.Length < _count)
        {
            _sorted = new ushort[_keys.Length];
        }

        var ends = _ends.AsSpan(0, keys + 1);
        ends.Clear();
        foreach (var key in _keys.AsSpan(0, _count))
        {
            ends[(int)key + 1]++;
        }

        for (var key = 1; key < ends.Length; key++)
        {
            ends[key] += ends[key - 1];
        }

        for (var n = 0; n < _count; n++)
        {
            _sorted[ends[(int)_keys[n]]++] = _buckets[n]; // ends[key] starts at the key's first position and finishes at its end
        }
    }

    /// <summary>Returns a key's histogram as text; empty if it has none. Valid until the next call.</summary>
    public ReadOnlySpan<byte> TextOf(int key)
    {
        _histogram.Clear();
        for (var at = key == 0 ? 0 : _ends[key - 1]; at < _ends[key]; at++)
        {
            _histogram.Add(_sorted[at], 1);
        }

        return _histogram.Text();
    }

    /// <summary>Removes all latencies.</summary>
    public void Clear() => _count = 0;
}
