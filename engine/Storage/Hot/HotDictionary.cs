using Apache.Arrow;
using Apache.Arrow.Types;

namespace NetMon.Storage.Hot;

/// <summary>A dictionary of a version of hot segments: the texts of its entries, and the column that refers to it. Immutable.</summary>
internal sealed class HotDictionary
{
    /// <param name="column">The name of the column.</param>
    /// <param name="texts">The names of an entry's texts, in the order of the struct.</param>
    /// <param name="mostEntries">The maximum number of entries, up to 32,767.</param>
    public HotDictionary(string column, IReadOnlyList<string> texts, int mostEntries)
    {
        (Column, Texts, MostEntries) = (column, texts, mostEntries);
        EntryType = new StructType([.. texts.Select(text => new Field(text, StringType.Default, false))]);
        IndexType = new DictionaryType(Int16Type.Default, EntryType, ordered: false);
    }

    /// <summary>The name of the column of indices, which is null for rows without an entry.</summary>
    public string Column { get; }

    /// <summary>The names of an entry's texts, in the order of the struct.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>The maximum number of entries. When full, the dictionary is cleared and refilled with the entries in use.</summary>
    public int MostEntries { get; }

    public StructType EntryType { get; }

    public DictionaryType IndexType { get; }
}
