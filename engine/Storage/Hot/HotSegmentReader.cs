using Microsoft.Win32.SafeHandles;
using NetMon.Events;

namespace NetMon.Storage.Hot;

/// <summary>
/// Reads a hot segment batch by batch, also one that an agent of another process is appending to: what is not wholly there
/// yet is not there, and may be on the next try. Trusts nothing: sizes, layout, checksum and indices are checked before
/// anything is used, and it takes 3 MiB of memory at most, whatever is in the file. One thread; owns the file.
/// </summary>
public sealed class HotSegmentReader : IDisposable
{
    private const int LargestMessage = 2 << 20;
    private readonly SafeFileHandle _file;
    private byte[] _expected = [];
    private byte[] _converted = [];
    private HotFormat _format = HotFormat.Current;
    private byte[] _message = new byte[HotLimits.SchemaBytes];

    private HotSegmentReader(SafeFileHandle file) => _file = file;

    /// <summary>The batch that <see cref="TryRead"/> has read last.</summary>
    public HotBatch Batch { get; } = new();

    /// <summary>The node whose rows these are; empty where <see cref="IsKnown"/> is false.</summary>
    public string Node { get; private set; } = "";

    /// <summary>Bytes from the segment's beginning up to the end of the last message that was whole.</summary>
    public long Position { get; private set; }

    /// <summary>Where <see cref="Batch"/> begins.</summary>
    internal long BatchPosition { get; private set; }

    /// <summary>True when the writer has closed the segment and all of it has been read.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Rows that the batch after <see cref="Position"/> says to have, if its metadata got that far; 0 if nothing can be told.</summary>
    public int TornRows { get; private set; }

    /// <summary>Whether the file starts as a segment of a version that this build reads.</summary>
    public bool IsKnown => Position > 0;

    /// <summary>Whether the file is a segment of a version that this build can't read.</summary>
    public bool IsOtherVersion { get; private set; }

    /// <summary>Opens a segment for reading.</summary>
    /// <exception cref="IOException">It can't be read or is gone: an hour that has been sealed has no segments any more.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static HotSegmentReader Open(string path) =>
        Open(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Opens a file whose handle it takes over.</summary>
    public static HotSegmentReader Open(SafeFileHandle file)
    {
        var reader = new HotSegmentReader(file);
        try
        {
            reader.ReadSchema();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Goes on to the next batch; false if there is no whole one.</summary>
    /// <exception cref="IOException">The disk can't give it.</exception>
    public bool TryRead()
    {
        TornRows = 0;
        while (!IsAtEnd && (IsKnown || ReadSchema()))
        {
            var message = ReadMetadata();
            if (message.Length == _format.Messages.Batch.Length && TryReadBatch(message))
            {
                return true;
            }

            if (message.Length != _format.Messages.Dictionary.Length || !TryReadDictionary(message))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Reads the batch at a place where an earlier pass found one, with the containers of that time.</summary>
    internal bool TryReadAt(long position, ContainerIdentity[] containers)
    {
        (Position, IsAtEnd) = (position, false);
        Batch.SetContainers(containers);
        var message = ReadMetadata();
        return message.Length == _format.Messages.Batch.Length && TryReadBatch(message);
    }

    public void Dispose() => _file.Dispose();

    private bool ReadSchema()
    {
        var start = _message.AsSpan(0, RandomAccess.Read(_file, _message.AsSpan(0, HotLimits.SchemaBytes), 0));
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

        (Node, _format) = (node, format);
        _expected = new byte[Math.Max(format.Messages.Batch.Length, format.Messages.Dictionary.Length)];
        Position = length;
        return true;
    }

    /// <summary>Prefix and metadata of the message at <see cref="Position"/>; empty if there is none that this format has.</summary>
    private ReadOnlySpan<byte> ReadMetadata()
    {
        var start = _message.AsSpan(0, RandomAccess.Read(_file, _message.AsSpan(0, _expected.Length), Position));
        if (start.StartsWith(HotMessages.End))
        {
            IsAtEnd = true;
            return [];
        }

        return HotMessages.MessageLength(start) is var length and > 0 ? start[..length] : [];
    }

    private bool TryReadBatch(ReadOnlySpan<byte> metadata)
    {
        var template = _format.Messages.Batch;
        var (rows, nulls) = (template.Rows(metadata), template.Nulls(metadata, _format.Columns.Container));
        if (rows is < 1 or > HotLimits.BatchRows || nulls < 0 || nulls > rows)
        {
            return false;
        }

        _format.Metadata.RenderBatch(_expected, (int)rows, (int)nulls);
        if (!metadata.SequenceEqual(_expected.AsSpan(0, template.Length)))
        {
            return false;
        }

        TornRows = (int)rows;
        var length = template.Length + _format.Layout.BodyLength((int)rows);
        if (!TryReadMessage(length))
        {
            return false;
        }

        Batch.Become(_format == HotFormat.Current ? _message : Converted((int)rows), (int)rows);
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

    private bool TryReadDictionary(ReadOnlySpan<byte> metadata)
    {
        var template = _format.Messages.Dictionary;
        var entries = template.Rows(metadata);
        Span<int> textBytes = stackalloc int[_format.Columns.ContainerTexts.Count];
        for (var text = 0; text < textBytes.Length; text++)
        {
            var bytes = template.BufferLength(metadata, 3 + 3 * text);
            if (entries is < 0 or > HotLimits.Containers || bytes is < 0 or > HotLimits.DictionaryBytes)
            {
                return false;
            }

            textBytes[text] = (int)bytes;
        }

        _format.Metadata.RenderDictionary(_expected, (int)entries, textBytes);
        var length = template.Length + _format.Metadata.DictionaryBodyLength((int)entries, textBytes);
        if (!metadata.SequenceEqual(_expected.AsSpan(0, template.Length)) || length > LargestMessage || !TryReadMessage(length)
            || ContainerDictionaryBody.Read(_message.AsSpan(template.Length, length - template.Length), (int)entries, textBytes, _format.Columns.ContainerTexts) is not { } containers)
        {
            return false;
        }

        Batch.SetContainers(containers);
        Position += length;
        return true;
    }

    /// <summary>Reads the whole message at <see cref="Position"/>; false if it is not all there or not as it was sealed.</summary>
    private bool TryReadMessage(int length)
    {
        if (_message.Length < length)
        {
            _message = new byte[length];
        }

        var at = 0;
        while (at < length)
        {
            var read = RandomAccess.Read(_file, _message.AsSpan(at, length - at), Position + at);
            if (read == 0)
            {
                return false;
            }

            at += read;
        }

        return MessageTrailer.IsIntact(_message.AsSpan(0, length));
    }
}
