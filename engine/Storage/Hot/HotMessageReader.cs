using System.Buffers;
using Microsoft.Win32.SafeHandles;
using NetMon.Events;

namespace NetMon.Storage.Hot;

/// <summary>
/// Reads single messages of a hot segment. Trusts nothing: sizes, layout, checksum and indices are checked before anything is used, and
/// it takes 3 MiB of memory at most, whatever is in the file. One thread; owns the file.
/// </summary>
internal sealed class HotMessageReader(SafeFileHandle file) : IDisposable
{
    private const int LargestMessage = 2 << 20;
    private byte[] _expected = [];
    private byte[] _converted = [];

    /// <summary>The messages of the dictionaries that the batch has: the same ones come again and again.</summary>
    private readonly byte[][] _dictionaries = [.. HotFormat.Current.Columns.Dictionaries.Select(_ => Array.Empty<byte>())];
    private byte[] _message = ArrayPool<byte>.Shared.Rent(HotLimits.SchemaBytes);

    /// <summary>The file; borrowed.</summary>
    public SafeFileHandle File => file;

    /// <summary>The segment's version; the current one until <see cref="ReadSchema"/> was true.</summary>
    public HotFormat Format { get; private set; } = HotFormat.Current;

    /// <summary>The batch that was read last.</summary>
    public HotBatch Batch { get; } = new();

    /// <summary>The number of the dictionary that was read last.</summary>
    public int Dictionary { get; private set; }

    /// <summary>The node whose rows these are; empty until <see cref="ReadSchema"/> was true.</summary>
    public string Node { get; private set; } = "";

    /// <summary>Where the next message begins, bytes; 0 until <see cref="ReadSchema"/> was true.</summary>
    public long Position { get; set; }

    /// <summary>Where <see cref="Batch"/> begins.</summary>
    public long BatchPosition { get; private set; }

    /// <summary>Whether the writer's end of the stream stands at <see cref="Position"/>, by the last <see cref="ReadMessage"/>.</summary>
    public bool IsAtEnd { get; set; }

    /// <summary>Rows that the batch at <see cref="Position"/> says to have, if its metadata got that far; 0 if nothing can be told.</summary>
    public int TornRows { get; set; }

    /// <summary>Whether the file is a segment of a version that this build can't read.</summary>
    public bool IsOtherVersion { get; private set; }

    /// <summary>Reads the message at <see cref="Position"/> and goes behind it, if it is whole.</summary>
    /// <exception cref="IOException">The disk can't give it.</exception>
    public HotMessage ReadMessage()
    {
        var metadata = ReadMetadata();
        return metadata.Length == Format.Messages.Batch.Length && TryReadBatch(metadata) ? HotMessage.Batch
            : TryReadDictionary(metadata) ? HotMessage.Dictionary
            : HotMessage.None;
    }

    /// <summary>Has the rows that are read next refer to these entries, not to dictionaries that were read.</summary>
    public void Use(ContainerIdentity[] containers, PeerIdentity[] peers)
    {
        Batch.Containers.Use(containers);
        Batch.Peers.Use(peers);
        Array.Fill(_dictionaries, []);
    }

    /// <summary>Reads the schema, which a segment begins with; false if there is none that this build knows.</summary>
    /// <exception cref="IOException">The disk can't give it.</exception>
    public bool ReadSchema()
    {
        var start = _message.AsSpan(0, RandomAccess.Read(file, _message.AsSpan(0, HotLimits.SchemaBytes), 0));
        var length = HotMessages.MessageLength(start);
        if (length < 0)
        {
            return false;
        }

        var format = HotSchema.Recognise(start[..length], out var node, out var isOtherVersion);
        IsOtherVersion = isOtherVersion;
        if (format is null)
        {
            return false;
        }

        (Node, Format) = (node, format);
        _expected = new byte[format.Messages.LongestMetadata];
        Position = length;
        return true;
    }

    /// <summary>Prefix and metadata of the message at <see cref="Position"/>; empty if there is none that this format has.</summary>
    private ReadOnlySpan<byte> ReadMetadata()
    {
        var start = _message.AsSpan(0, RandomAccess.Read(file, _message.AsSpan(0, _expected.Length), Position));
        if (start.SequenceEqual(HotMessages.End)) // and nothing behind it: else it is a length that was damaged
        {
            IsAtEnd = true;
            return [];
        }

        return HotMessages.MessageLength(start) is var length and > 0 ? start[..length] : [];
    }

    private bool TryReadBatch(ReadOnlySpan<byte> metadata)
    {
        var template = Format.Messages.Batch;
        var rows = template.Rows(metadata);
        if (rows is < 1 or > HotLimits.BatchRows)
        {
            return false;
        }

        Span<int> nulls = stackalloc int[Format.Columns.Dictionaries.Count];
        for (var dictionary = 0; dictionary < nulls.Length; dictionary++)
        {
            nulls[dictionary] = (int)Math.Clamp(template.Nulls(metadata, Format.Columns.ColumnOf(dictionary)), 0, rows);
        }

        Format.Metadata.RenderBatch(_expected, (int)rows, nulls);
        if (!metadata.SequenceEqual(_expected.AsSpan(0, template.Length)))
        {
            return false;
        }

        TornRows = (int)rows;
        var length = template.Length + Format.Layout.BodyLength((int)rows);
        if (!TryReadMessage(length))
        {
            return false;
        }

        Batch.Become(Format == HotFormat.Current ? _message : Converted((int)rows), (int)rows);
        if (!Batch.IsSound())
        {
            return false;
        }

        TornRows = 0;
        BatchPosition = Position;
        Position += length;
        return true;
    }

    /// <summary>The batch of an older version in <see cref="_message"/>, with the columns where the current version has them.</summary>
    private byte[] Converted(int rows)
    {
        var length = HotFormat.Current.Messages.Batch.Length + HotFormat.Current.Layout.BodyLength(rows);
        if (_converted.Length < length)
        {
            _converted = new byte[length];
        }

        HotVersion1.Convert(_message, rows, _converted);
        return _converted;
    }

    /// <summary>Which dictionary it is the metadata says: it is as that of one of them, with other numbers.</summary>
    private bool TryReadDictionary(ReadOnlySpan<byte> metadata)
    {
        for (var dictionary = 0; dictionary < Format.Columns.Dictionaries.Count; dictionary++)
        {
            if (metadata.Length == Format.Messages.Dictionaries[dictionary].Length && TryReadDictionary(metadata, dictionary))
            {
                Dictionary = dictionary;
                return true;
            }
        }

        return false;
    }

    private bool TryReadDictionary(ReadOnlySpan<byte> metadata, int dictionary)
    {
        var (columns, template) = (Format.Columns.Dictionaries[dictionary], Format.Messages.Dictionaries[dictionary]);
        var entries = template.Rows(metadata);
        Span<int> textBytes = stackalloc int[columns.Texts.Count];
        for (var text = 0; text < textBytes.Length; text++)
        {
            var bytes = template.BufferLength(metadata, 3 + 3 * text);
            if (entries < 0 || entries > columns.MostEntries || bytes is < 0 or > HotLimits.DictionaryBytes)
            {
                return false;
            }

            textBytes[text] = (int)bytes;
        }

        HotMetadata.RenderDictionary(template, _expected, (int)entries, textBytes);
        var length = template.Length + HotMetadata.DictionaryBodyLength((int)entries, textBytes);
        if (!metadata.SequenceEqual(_expected.AsSpan(0, template.Length)) || length > LargestMessage || !TryReadMessage(length))
        {
            return false;
        }

        var message = _message.AsSpan(0, length);
        if (!message.SequenceEqual(_dictionaries[dictionary]))
        {
            if (!Batch.References[dictionary].TryTake(columns, message[template.Length..], (int)entries, textBytes))
            {
                return false;
            }

            _dictionaries[dictionary] = message.ToArray();
        }

        Position += length;
        return true;
    }

    /// <summary>Reads the whole message at <see cref="Position"/>; false if it is not all there or not as it was sealed.</summary>
    private bool TryReadMessage(int length)
    {
        if (_message.Length < length)
        {
            ArrayPool<byte>.Shared.Return(_message);
            _message = ArrayPool<byte>.Shared.Rent(length);
        }

        var at = 0;
        while (at < length)
        {
            var read = RandomAccess.Read(file, _message.AsSpan(at, length - at), Position + at);
            if (read == 0)
            {
                return false;
            }

            at += read;
        }

        return MessageTrailer.IsIntact(_message.AsSpan(0, length));
    }

    public void Dispose()
    {
        file.Dispose();
        ArrayPool<byte>.Shared.Return(_message);
        _message = [];
    }
}
