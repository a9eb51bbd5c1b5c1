using Apache.Arrow;
using Apache.Arrow.Types;

namespace NetMon.Storage.Hot;

/// <summary>A dictionary of a version of hot segments: what entries have, and the column that refers to them. Immutable.</summary>
internal sealed class HotDictionary
{
    /// <param name="column">The name of the column.</param>
    /// <param name="texts">The names of an entry's texts, in the order of the struct.</param>
    /// <param name="mostEntries">Entries that it may have, 32,767 at most.</param>
    public HotDictionary(string column, IReadOnlyList<string> texts, int mostEntries)
    {
        (Column, Texts, MostEntries) = (column, texts, mostEntries);
        EntryType = new StructType([.. texts.Select(text => new Field(text, StringType.Default, false))]);
        IndexType = new DictionaryType(Int16Type.Default, EntryType, ordered: false);
    }

    /// <summary>The name of the column of indices, null where a row has no entry.</summary>
    public string Column { get; }

    /// <summary>The names of an entry's texts, in the order of the struct.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Entries at most; past that it starts anew with those in sight.</summary>
    public int MostEntries { get; }

    public StructType EntryType { get; }

    public DictionaryType IndexType { get; }
}
