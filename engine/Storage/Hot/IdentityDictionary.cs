using System.Buffers.Binary;
using System.Text;

namespace NetMon.Storage.Hot;

/// <summary>
/// A dictionary of the hour that is being written. It grows up to a limit, is then cleared, and is written before the next batch. (Delta
/// dictionaries would be smaller, but not every Arrow reader supports them.) Events share identity objects, so entries are found by
/// reference.
/// </summary>
/// <typeparam name="T">An entry.</typeparam>
/// <typeparam name="TKind">Containers or peers.</typeparam>
internal sealed class IdentityDictionary<T, TKind> : IHotDictionary
    where T : class
    where TKind : struct, IIdentityKind<T>
{
    private static readonly HotFormat Format = HotFormat.Current;

    private readonly MessageTemplate _template = Format.Messages.Dictionaries[TKind.Dictionary];
    private readonly int _most = Format.Columns.Dictionaries[TKind.Dictionary].MostEntries;
    private readonly Dictionary<T, short> _indices = new(ReferenceEqualityComparer.Instance);
    private readonly List<T> _entries = [];
    private readonly int[] _textBytes = new int[TKind.Texts.Count];
    private T? _last;
    private short _lastIndex;

    /// <inheritdoc/>
    public int Version { get; private set; } = 1;

    /// <summary>Whether an entry did not fit since the last <see cref="Clear"/>.</summary>
    public bool IsFull { get; private set; }

    /// <inheritdoc/>
    public int MessageLength => _template.Length + HotMetadata.DictionaryBodyLength(_entries.Count, _textBytes);

    /// <summary>Returns the entry's index; false if it does not fit: then write the rows that refer to this dictionary and call <see cref="Clear"/>.</summary>
    public bool TryIndex(T entry, out short index)
    {
        if (ReferenceEquals(entry, _last))
        {
            index = _lastIndex;
            return true;
        }

        if (!_indices.TryGetValue(entry, out index) && !TryAdd(entry, out index))
        {
            IsFull = true;
            return false;
        }

        (_last, _lastIndex) = (entry, index);
        return true;
    }

    /// <summary>Removes the entries.</summary>
    public void Clear()
    {
        (_last, IsFull) = (null, false);
        _indices.Clear();
        _entries.Clear();
        Array.Clear(_textBytes);
        Version++;
    }

    /// <inheritdoc/>
    public void Write(Span<byte> message)
    {
        HotMetadata.RenderDictionary(_template, message, _entries.Count, _textBytes);
        var body = message[_template.Length..];
        body.Clear();
        foreach (var column in TKind.Texts)
        {
            var bytes = body[HotLayout.Align(4 * (_entries.Count + 1))..];
            var end = 0;
            for (var index = 0; index < _entries.Count; index++)
            {
                end += Encoding.UTF8.GetBytes(Cut(column.TextOf(_entries[index])), bytes[end..]);
                BinaryPrimitives.WriteInt32LittleEndian(body[(4 * (index + 1))..], end);
            }

            body = bytes[HotLayout.Align(end)..];
        }

        MessageTrailer.Write(message);
    }

    private bool TryAdd(T entry, out short index)
    {
        index = (short)_entries.Count;
        Span<int> bytes = stackalloc int[_textBytes.Length];
        var total = 0;
        for (var text = 0; text < bytes.Length; text++)
        {
            bytes[text] = Encoding.UTF8.GetByteCount(Cut(TKind.Texts[text].TextOf(entry)));
            total += bytes[text] + _textBytes[text];
        }

        if (index == _most || total > HotLimits.DictionaryBytes)
        {
            return false;
        }

        for (var text = 0; text < bytes.Length; text++)
        {
            _textBytes[text] += bytes[text];
        }

        _entries.Add(entry);
        _indices.Add(entry, index);
        Version++;
        return true;
    }

    /// <summary>Truncates a text. A quarter of the limit in characters never exceeds the limit in bytes: a UTF-16 unit has at most 3 bytes in UTF-8.</summary>
    private static ReadOnlySpan<char> Cut(string text) => text.AsSpan(0, Math.Min(text.Length, HotLimits.TextBytes / 4));
}
