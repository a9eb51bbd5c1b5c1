using System.Buffers;
using Microsoft.Win32.SafeHandles;
using NetMon.Events;

namespace NetMon.Storage.Hot;

/// <summary>
/// Reads single messages of a hot segment. The input is not trusted: sizes, layout, checksum and indices are checked before use, and
/// memory is limited to 3 MiB. Not thread-safe; owns the file.
/// </summary>
internal sealed class HotMessageReader(SafeFileHandle file) : IDisposable
{
    private const int LargestMessage = 2 << 20;
    private byte[] _expected = [];
    private byte[] _converted = [];
    private byte[] _message = ArrayPool<byte>.Shared.Rent(HotLimits.SchemaBytes);

    /// <summary>The file; borrowed.</summary>
    public SafeFileHandle File => file;

    /// <summary>The segment's version; the current version until <see cref="ReadSchema"/> has succeeded.</summary>
    public HotFormat Format { get; private set; } = HotFormat.Current;

    /// <summary>The last batch read.</summary>
    public HotBatch Batch { get; } = new();

    /// <summary>The number of the last dictionary read.</summary>
    public int Dictionary { get; private set; }

    /// <summary>The node that the rows belong to; empty until <see cref="ReadSchema"/> has succeeded.</summary>
    public string Node { get; private set; } = "";

    /// <summary>The offset of the next message in bytes; 0 until <see cref="ReadSchema"/> has succeeded.</summary>
    public long Position { get; set; }

    /// <summary>The offset of <see cref="Batch"/> in bytes.</summary>
    public long BatchPosition { get; private set; }

    /// <summary>Whether the last <see cref="ReadMessage"/> found the end-of-stream marker at <see cref="Position"/>.</summary>
    public bool IsAtEnd { get; set; }

    /// <summary>The number of rows that the metadata of the incomplete batch at <see cref="Position"/> declares; 0 if unknown.</summary>
    public int TornRows { get; set; }

    /// <summary>Whether the file is a segment of a version that this build can't read.</summary>
    public bool IsOtherVersion { get; private set; }

    /// <summary>Reads the message at <see cref="Position"/> and advances, if the message is complete.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public HotMessage ReadMessage()
    {
        var metadata = ReadMetadata();
        return metadata.Length == Format.Messages.Batch.Length && TryReadBatch(metadata) ? HotMessage.Batch
            : TryReadDictionary(metadata) ? HotMessage.Dictionary
            : HotMessage.None;
    }

    /// <summary>Sets the entries that the next rows refer to, instead of dictionaries that were read.</summary>
    public void Use(ContainerIdentity[] containers, PeerIdentity[] peers)
    {
        Batch.Containers.Use(containers);
        Batch.Peers.Use(peers);
    }

    /// <summary>Reads the schema at the start of the segment; false if it is not a known one.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
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

    /// <summary>Reads prefix and metadata of the message at <see cref="Position"/>; empty if there is none in this format.</summary>
    private ReadOnlySpan<byte> ReadMetadata()
    {
        var start = _message.AsSpan(0, RandomAccess.Read(file, _message.AsSpan(0, _expected.Length), Position));
        if (start.SequenceEqual(HotMessages.End)) // only if nothing follows: otherwise it is a corrupt length
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

    /// <summary>Converts the batch of an older version in <see cref="_message"/> to the layout of the current version.</summary>
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

    /// <summary>Determines which dictionary the metadata belongs to: it matches one of the templates except for the numbers.</summary>
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

        if (!Batch.References[dictionary].TryTake(columns, _message.AsSpan(template.Length, length - template.Length), (int)entries, textBytes))
        {
            return false;
        }

        Position += length;
        return true;
    }

    /// <summary>Reads the complete message at <see cref="Position"/>; false if it is incomplete or its checksum is wrong.</summary>
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
