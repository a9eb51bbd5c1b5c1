namespace NetMon.Storage.Columns;

/// <summary>The texts of a column in the row group that is being gathered; a text's index is its place.</summary>
internal sealed class TextDictionary
{
    private const int ChunkLength = 8192;

    private readonly List<char[]> _chunks = [];
    private ReadOnlyMemory<char>[] _texts = [];
    private int _count;
    private int _chunk = -1;
    private int _chunkUsed;

    /// <summary>A dictionary whose texts are known beforehand: the n-th has index n.</summary>
    public static TextDictionary Of(params ReadOnlySpan<string> texts)
    {
        var dictionary = new TextDictionary();
        foreach (var text in texts)
        {
            dictionary.Add(text);
        }

        return dictionary;
    }

    /// <summary>
    /// Whether UTF-16 and UTF-8 put the texts into the same order. They differ on characters beyond the basic plane
    /// (surrogates in UTF-16) against U+E000..U+FFFF, which U+FFFD, the replacement of invalid bytes, is one of.
    /// </summary>
    public bool SortsAlikeInUtf8 { get; private set; } = true;

    /// <summary>Adds a text and returns its index. Keeps the string.</summary>
    public int Add(string text)
    {
        SortsAlikeInUtf8 &= !text.AsSpan().ContainsAnyInRange('\ud800', '\uffff');
        return Append(text.AsMemory());
    }

    /// <summary>Adds a copy of a text, of <see cref="ChunkLength"/> characters at most, and returns its index.</summary>
    public int Add(ReadOnlySpan<char> text)
    {
        SortsAlikeInUtf8 &= !text.ContainsAnyInRange('\ud800', '\uffff');
        if (_chunk < 0 || _chunkUsed + text.Length > ChunkLength)
        {
            NextChunk();
        }

        var copy = _chunks[_chunk].AsMemory(_chunkUsed, text.Length);
        text.CopyTo(copy.Span);
        _chunkUsed += text.Length;
        return Append(copy);
    }

    /// <summary>Puts each index's text into <paramref name="texts"/>; they are valid until <see cref="Clear"/>.</summary>
    public void Look(ReadOnlySpan<int> indices, Span<ReadOnlyMemory<char>> texts)
    {
        var known = _texts.AsSpan(0, _count);
        for (var row = 0; row < indices.Length; row++)
        {
            texts[row] = known[indices[row]];
        }
    }

    /// <summary>Forgets all texts; keeps the memory.</summary>
    public void Clear()
    {
        Array.Clear(_texts, 0, _count);
        _count = 0;
        _chunk = -1;
        SortsAlikeInUtf8 = true;
    }

    private int Append(ReadOnlyMemory<char> text)
    {
        if (_count == _texts.Length)
        {
            Array.Resize(ref _texts, Math.Max(16, 2 * _count));
        }

        _texts[_count] = text;
        return _count++;
    }

    private void NextChunk()
    {
        _chunkUsed = 0;
        if (++_chunk == _chunks.Count)
        {
            _chunks.Add(new char[ChunkLength]);
        }
    }
}
