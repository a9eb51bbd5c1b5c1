using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>The dictionary of a column of the contract's words, with those that are in the row group. One thread.</summary>
internal sealed class WordTexts
{
    private const int MostWords = 32;

    /// <summary>The texts that the last call made.</summary>
    public PlainTexts Texts { get; } = new();

    /// <summary>Makes the dictionary, and gives each row's index in it.</summary>
    /// <param name="words">All that there are, 32 at the most.</param>
    /// <param name="rows">Each row's word, an index into <paramref name="words"/>.</param>
    /// <param name="indices">Gets the indices.</param>
    public void Index(IReadOnlyList<string> words, ReadOnlySpan<int> rows, Span<uint> indices)
    {
        Texts.Clear();
        Span<int> indexOf = stackalloc int[MostWords];
        indexOf.Fill(-1);
        for (var row = 0; row < rows.Length; row++)
        {
            ref var index = ref indexOf[rows[row]];
            if (index < 0)
            {
                index = Texts.Count;
                Texts.Add(words[rows[row]]);
            }

            indices[row] = (uint)index;
        }
    }
}
