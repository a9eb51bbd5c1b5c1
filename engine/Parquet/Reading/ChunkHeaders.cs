namespace NetMon.Parquet.Reading;

/// <summary>The headers of a column chunk's pages, which say nothing that the footer does not.</summary>
/// <param name="Dictionary">Default where the chunk has none.</param>
/// <param name="Data">Of the data page.</param>
internal readonly record struct ChunkHeaders(PageHeader Dictionary, PageHeader Data)
{
    /// <summary>Bytes that each header of ours is shorter than: nine numbers, each with its field.</summary>
    public const int MostBytes = 80;

    /// <summary>No page of ours is larger before or after compression; bounds memory.</summary>
    public const int MostPageBytes = 64 << 20;

    /// <summary>Reads both and compares them with the footer.</summary>
    /// <param name="chunk">As the footer describes it.</param>
    /// <param name="dictionary">The file from the dictionary's page on; not looked at where there is none.</param>
    /// <param name="data">The file from the data page on.</param>
    /// <exception cref="DamagedFileException">One says something else than the footer.</exception>
    public static ChunkHeaders Read(in ColumnChunk chunk, ReadOnlySpan<byte> dictionary, ReadOnlySpan<byte> data)
    {
        var headers = new ChunkHeaders(
            chunk.DictionaryAt >= 0 ? Read(in chunk, dictionary, chunk.DataAt - chunk.Begin, Format.DictionaryPage, Format.Plain) : default,
            Read(in chunk, data, chunk.Begin + chunk.Compressed - chunk.DataAt, Format.DataPage, chunk.Encoding));
        return headers.Data.Values == chunk.Rows
            && (long)headers.Dictionary.Length + headers.Dictionary.Uncompressed + headers.Data.Length + headers.Data.Uncompressed == chunk.Uncompressed
            ? headers
            : throw Differs(in chunk);
    }

    private static PageHeader Read(in ColumnChunk chunk, ReadOnlySpan<byte> bytes, long pageBytes, int type, int encoding)
    {
        var header = PageHeader.Read(bytes);
        return header.Type == type && header.Encoding == encoding && header.LevelEncoding == Format.Rle && header.Values >= 0
            && header.Uncompressed is >= 0 and <= MostPageBytes && header.Compressed == pageBytes - header.Length
            ? header
            : throw Differs(in chunk);
    }

    private static DamagedFileException Differs(in ColumnChunk chunk) => new($"{chunk.Column.Name}: the header of a page says something else than the footer");
}
