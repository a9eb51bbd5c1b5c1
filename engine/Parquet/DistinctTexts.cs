namespace NetMon.Parquet;

/// <summary>The dictionary of a column whose texts come as strings: each has its index, in the order in which they came. Keeps its memory from use to use. One thread.</summary>
public sealed class DistinctTexts
{
    private readonly Dictionary<string, uint> _indices = new(StringComparer.Ordinal);

    public PlainTexts Texts { get; } = new();

    /// <summary>The text's index; it is added if it is new.</summary>
    public uint IndexOf(string text)
    {
        if (!_indices.TryGetValue(text, out var index))
        {
            index = (uint)Texts.Count;
            Texts.Add(text);
            _indices.Add(text, index);
        }

        return index;
    }

    /// <summary>Forgets the texts; keeps the memory.</summary>
    public void Clear()
    {
        _indices.Clear();
        Texts.Clear();
    }
}
