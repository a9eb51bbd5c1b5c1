using ZstdSharp;

namespace NetMon.Parquet.Reading;

/// <summary>
/// Reads and decompresses the pages of column chunks, which have a data page and optionally a dictionary before it. Headers must agree with the
/// footer; bodies have Zstd checksums. Memory is reused. Not thread-safe.
/// </summary>
internal sealed class PageReader : IDisposable
{
    private readonly Decompressor _decompressor = new();
    private byte[] _stored = [];
    private byte[] _page = [];
    private ColumnChunk _chunk;
    private ChunkHeaders _headers;
    private int _dataAt;

    /// <summary>Whether the chunk has a dictionary.</summary>
    public bool HasDictionary => _chunk.DictionaryAt >= 0;

    /// <summary>Number of values of the dictionary, from its header.</summary>
    public int DictionaryValues => _headers.Dictionary.Values;

    /// <summary>Reads a chunk and checks the headers of its pages.</summary>
    /// <exception cref="DamagedFileException">The chunk is corrupt, or not stored in the way that our files are.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public void Load(ParquetFile file, in ColumnChunk chunk)
    {
        _chunk = chunk;
        if (chunk.Compressed > ChunkHeaders.MostPageBytes)
        {
            throw Damaged($"its pages have {chunk.Compressed} bytes");
        }

        var length = (int)chunk.Compressed;
        Reserve(ref _stored, length);
        file.Read(chunk.Begin, _stored.AsSpan(0, length));
        _dataAt = (int)(chunk.DataAt - chunk.Begin);
        _headers = ChunkHeaders.Read(in chunk, _stored.AsSpan(0, _dataAt), _stored.AsSpan(_dataAt, length - _dataAt));
    }

    /// <summary>Returns the dictionary's body; valid until the next call.</summary>
    /// <exception cref="DamagedFileException">The dictionary is corrupt.</exception>
    public ReadOnlySpan<byte> Dictionary() => Body(0, _headers.Dictionary);

    /// <summary>Returns the data page's body; valid until the next call.</summary>
    /// <exception cref="DamagedFileException">The page is corrupt.</exception>
    public ReadOnlySpan<byte> Data() => Body(_dataAt, _headers.Data);

    public void Dispose() => _decompressor.Dispose();

    private ReadOnlySpan<byte> Body(int at, PageHeader header)
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
            buffer = new byte[Math.Max(length, Math.Min(2 * buffer.Length, ChunkHeaders.MostPageBytes))];
        }
    }

    private DamagedFileException Damaged(string what) => new($"{_chunk.Column.Name}: {what}");
}
