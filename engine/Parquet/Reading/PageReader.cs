using ZstdSharp;

namespace NetMon.Parquet.Reading;

/// <summary>
/// Reads and decompresses the pages of column chunks, each of which has a data page and maybe a dictionary before it. Each header has to
/// say what the footer says; the bodies have Zstd's checksums. Keeps its memory from chunk to chunk. One thread.
/// </summary>
internal sealed class PageReader : IDisposable
{
    /// <summary>No page of ours is larger before or after compression; bounds memory.</summary>
    private const int MostBytes = 64 << 20;

    private readonly Decompressor _decompressor = new();
    private byte[] _stored = [];
    private byte[] _page = [];
    private ColumnChunk _chunk;
    private PageHeader _dictionary;
    private PageHeader _data;
    private int _dataAt;

    /// <summary>Whether the chunk has a dictionary.</summary>
    public bool HasDictionary => _chunk.DictionaryAt >= 0;

    /// <summary>Values of the dictionary, as its header says.</summary>
    public int DictionaryValues => _dictionary.Values;

    /// <summary>Reads a chunk and checks the headers of its pages.</summary>
    /// <exception cref="DamagedFileException">It is damaged, or not stored as a file of ours stores it.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public void Load(ParquetFile file, in ColumnChunk chunk)
    {
        _chunk = chunk;
        if (chunk.Compressed > MostBytes)
        {
            throw Damaged($"its pages have {chunk.Compressed} bytes");
        }

        var length = (int)chunk.Compressed;
        Reserve(ref _stored, length);
        file.Read(chunk.Begin, _stored.AsSpan(0, length));
        _dataAt = (int)(chunk.DataAt - chunk.Begin);
        _dictionary = HasDictionary ? Header(0, _dataAt, Format.DictionaryPage, Format.Plain) : default;
        _data = Header(_dataAt, length, Format.DataPage, chunk.Encoding);
        if (_data.Values != chunk.Rows || (long)_dictionary.Length + _dictionary.Uncompressed + _data.Length + _data.Uncompressed != chunk.Uncompressed)
        {
            throw Damaged("the headers of its pages say something else than the footer");
        }
    }

    /// <summary>The dictionary's body; valid until the next call.</summary>
    /// <exception cref="DamagedFileException">It is damaged.</exception>
    public ReadOnlySpan<byte> Dictionary() => Body(0, in _dictionary);

    /// <summary>The data page's body; valid until the next call.</summary>
    /// <exception cref="DamagedFileException">It is damaged.</exception>
    public ReadOnlySpan<byte> Data() => Body(_dataAt, in _data);

    public void Dispose() => _decompressor.Dispose();

    private PageHeader Header(int from, int to, int type, int encoding)
    {
        var header = PageHeader.Read(_stored.AsSpan(from..to));
        return header.Type == type && header.Encoding == encoding && header.LevelEncoding == Format.Rle && header.Values >= 0
            && header.Uncompressed is >= 0 and <= MostBytes && header.Compressed == to - from - header.Length
            ? header
            : throw Damaged("the header of a page says something else than the footer");
    }

    private ReadOnlySpan<byte> Body(int at, in PageHeader header)
    {
        Reserve(ref _page, header.Uncompressed);
        var page = _page.AsSpan(0, header.Uncompressed);
        try
        {
            var length = _decompressor.Unwrap(_stored.AsSpan(at + header.Length, header.Compressed), page);
            return length == page.Length ? page : throw Damaged($"a page has {length} bytes instead of {page.Length}");
        }
        catch (ZstdException e)
        {
            throw new DamagedFileException($"{_chunk.Column.Name}: a page can't be decompressed: {e.Message}", e);
        }
    }

    private static void Reserve(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new byte[Math.Max(length, Math.Min(2 * buffer.Length, MostBytes))];
        }
    }

    private DamagedFileException Damaged(string what) => new($"{_chunk.Column.Name}: {what}");
}
