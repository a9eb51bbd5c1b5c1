using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>The containers or peers of a batch's rows.</summary>
/// <typeparam name="T">An entry of the dictionary.</typeparam>
public sealed class HotIdentities<T> : HotReferences
    where T : class
{
    /// <summary>The maximum number of entries that are kept so that equal ones are one object; covers the peers of a large cluster.</summary>
    private const int MostShared = 65_536;

    private readonly IReadOnlyList<IdentityColumn<T>> _columns;
    private readonly T _empty;
    private readonly Dictionary<T, T> _shared = [];
    private T[] _entries = [];

    /// <param name="columns">The texts of an entry.</param>
    /// <param name="empty">An entry with empty texts.</param>
    internal HotIdentities(IReadOnlyList<IdentityColumn<T>> columns, T empty) => (_columns, _empty) = (columns, empty);

    /// <summary>Returns a row's entry; null if it has none.</summary>
    public T? Of(int row) => Has(row) ? _entries[Indices[row]] : null;

    /// <summary>The entries that this batch may refer to. The array is not modified afterwards.</summary>
    internal T[] Dictionary => _entries;

    internal override int Entries => _entries.Length;

    /// <summary>Sets the entries that the next rows refer to.</summary>
    internal void Use(T[] entries) => _entries = entries;

    internal override bool TryTake(HotDictionary dictionary, ReadOnlySpan<byte> body, int entries, ReadOnlySpan<int> textBytes)
    {
        var columns = dictionary.Texts.Select(name => _columns.Single(column => column.Name == name)).ToArray();
        if (IdentityDictionaryBody.Read(body, entries, textBytes, columns, _empty) is not { } read)
        {
            return false;
        }

        foreach (ref var entry in read.AsSpan())
        {
            entry = Share(entry);
        }

        _entries = read;
        return true;
    }

    /// <summary>A dictionary that has grown or was cleared has mostly the same entries as the previous one.</summary>
    private T Share(T entry)
    {
        if (_shared.TryGetValue(entry, out var shared))
        {
            return shared;
        }

        if (_shared.Count == MostShared)
        {
            _shared.Clear();
        }

        _shared.Add(entry, entry);
        return entry;
    }
}
