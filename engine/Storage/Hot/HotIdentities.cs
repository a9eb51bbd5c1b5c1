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

    /// <summary>The body that <see cref="_entries"/> was read from; empty if it is not from a body.</summary>
    private byte[] _body = [];
    private int[] _textBytes = [];

    /// <param name="columns">The texts of an entry.</param>
    /// <param name="empty">An entry with empty texts.</param>
    internal HotIdentities(IReadOnlyList<IdentityColumn<T>> columns, T empty) => (_columns, _empty) = (columns, empty);

    /// <summary>Returns a row's entry; null if it has none.</summary>
    public T? Of(int row) => Has(row) ? _entries[Indices[row]] : null;

    /// <summary>The entries that this batch may refer to. The array is not modified afterwards.</summary>
    internal T[] Dictionary => _entries;

    internal override int Entries => _entries.Length;

    /// <summary>Sets the entries that the next rows refer to.</summary>
    internal void Use(T[] entries) => (_entries, _textBytes) = (entries, []);

    /// <summary>Most bodies repeat or continue the previous one; only new entries are read.</summary>
    internal override bool TryTake(HotDictionary dictionary, ReadOnlySpan<byte> body, int entries, ReadOnlySpan<int> textBytes)
    {
        var known = IdentityDictionaryBody.Continues(body, entries, textBytes, _body, _entries.Length, _textBytes) ? _entries.Length : 0;
        if (known < entries || known == 0)
        {
            var read = new T[entries];
            _entries.AsSpan(0, known).CopyTo(read);
            Array.Fill(read, _empty, known, entries - known);
            var columns = dictionary.Texts.Select(name => _columns.Single(column => column.Name == name)).ToArray();
            if (!IdentityDictionaryBody.TryRead(body, textBytes, columns, read.AsSpan(), known))
            {
                return false;
            }

            foreach (ref var entry in read.AsSpan(known))
            {
                entry = Share(entry);
            }

            _entries = read;
            Keep(body, textBytes);
        }

        return true;
    }

    private void Keep(ReadOnlySpan<byte> body, ReadOnlySpan<int> textBytes)
    {
        if (_body.Length < body.Length)
        {
            _body = new byte[Math.Max(body.Length, 2 * _body.Length)];
        }

        body.CopyTo(_body);
        _textBytes = textBytes.ToArray();
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
