using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>The dictionary of a column with a fixed set of words, limited to those that occur in the row group. Not thread-safe.</summary>
internal sealed class WordTexts
{
    private const int MostWords = 32;

    /// <summary>The texts made by the last call.</summary>
    public PlainTexts Texts { get; } = new();

    /// <summary>Makes the dictionary, and returns each row's index in it.</summary>
    /// <param name="words">All possible words, at most 32.</param>
    /// <param name="rows">Each row's word, an index into <paramref name="words"/>.</param>
    /// <param name="indices">Receives the indices.</param>
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
