using System.Buffers.Binary;
using System.Text;
using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>
/// The dictionary of containers of an hour that is being written. It grows until a bound and starts anew then; whoever
/// writes the next batch writes it before. (A delta would be smaller, but not every reader of Arrow takes deltas.)
/// Identities are shared by their events, so it knows them by reference.
/// </summary>
internal sealed class ContainerDictionary
{
    private static readonly HotFormat Format = HotFormat.Current;

    private readonly Dictionary<ContainerIdentity, short> _indices = new(ReferenceEqualityComparer.Instance);
    private readonly List<ContainerIdentity> _containers = [];
    private readonly int[] _textBytes = new int[Format.Columns.ContainerTexts.Count];
    private ContainerIdentity? _last;
    private short _lastIndex;

    /// <summary>Raised with each change: a segment that has not this version written needs it before its next batch.</summary>
    public int Version { get; private set; } = 1;

    /// <summary>Bytes of its message.</summary>
    public int MessageLength => Format.Messages.Dictionary.Length + Format.Metadata.DictionaryBodyLength(_containers.Count, _textBytes);

    /// <summary>The container's index; false if there is no room for it: write the rows that refer to this dictionary, then <see cref="Clear"/>.</summary>
    public bool TryIndex(ContainerIdentity container, out short index)
    {
        if (ReferenceEquals(container, _last))
        {
            index = _lastIndex;
            return true;
        }

        if (!_indices.TryGetValue(container, out index) && !TryAdd(container, out index))
        {
            return false;
        }

        (_last, _lastIndex) = (container, index);
        return true;
    }

    public void Clear()
    {
        _last = null;
        _indices.Clear();
        _containers.Clear();
        Array.Clear(_textBytes);
        Version++;
    }

    /// <summary>Writes the message, <see cref="MessageLength"/> bytes.</summary>
    public void Write(Span<byte> message)
    {
        Format.Metadata.RenderDictionary(message, _containers.Count, _textBytes);
        var body = message[Format.Messages.Dictionary.Length..];
        body.Clear();
        for (var text = 0; text < Format.Columns.ContainerTexts.Count; text++)
        {
            var bytes = body[HotLayout.Align(4 * (_containers.Count + 1))..];
            var end = 0;
            for (var index = 0; index < _containers.Count; index++)
            {
                end += Encoding.UTF8.GetBytes(Cut(Text(_containers[index], text)), bytes[end..]);
                BinaryPrimitives.WriteInt32LittleEndian(body[(4 * (index + 1))..], end);
            }

            body = bytes[HotLayout.Align(end)..];
        }

        MessageTrailer.Write(message);
    }

    private bool TryAdd(ContainerIdentity container, out short index)
    {
        index = (short)_containers.Count;
        Span<int> bytes = stackalloc int[Format.Columns.ContainerTexts.Count];
        var total = 0;
        for (var text = 0; text < bytes.Length; text++)
        {
            bytes[text] = Encoding.UTF8.GetByteCount(Cut(Text(container, text)));
            total += bytes[text] + _textBytes[text];
        }

        if (index == HotLimits.Containers || total > HotLimits.DictionaryBytes)
        {
            return false;
        }

        for (var text = 0; text < bytes.Length; text++)
        {
            _textBytes[text] += bytes[text];
        }

        _containers.Add(container);
        _indices.Add(container, index);
        Version++;
        return true;
    }

    private static string Text(ContainerIdentity container, int text) => EventColumns.ContainerTexts[text].TextOf(container);

    /// <summary>A quarter of the bound in characters is never more bytes than the bound: a UTF-16 unit is 3 bytes of UTF-8 at most.</summary>
    private static ReadOnlySpan<char> Cut(string text) => text.AsSpan(0, Math.Min(text.Length, HotLimits.TextBytes / 4));
}
