namespace NetMon.Parquet.Reading;

/// <summary>The headers of a column chunk's pages, which contain nothing that is not in the footer.</summary>
/// <param name="Dictionary">Default if the chunk has no dictionary.</param>
/// <param name="Data">The header of the data page.</param>
internal readonly record struct ChunkHeaders(PageHeader Dictionary, PageHeader Data)
{
    /// <summary>Upper bound of the size of our headers: nine numbers with their fields.</summary>
    public const int MostBytes = 80;

    /// <summary>Bounds memory: none of our pages is larger before or after compression.</summary>
    public const int MostPageBytes = 64 << 20;

    /// <summary>Reads both headers and compares them with the footer.</summary>
    /// <param name="chunk">The chunk as described by the footer.</param>
    /// <param name="dictionary">The file from the dictionary page on; ignored if there is none.</param>
    /// <param name="data">The file from the data page on.</param>
    /// <exception cref="DamagedFileException">A header contradicts the footer.</exception>
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

    private static DamagedFileException Differs(in ColumnChunk chunk) => new($"{chunk.Column.Name}: a page header contradicts the footer");
}
