using System.Buffers;
using System.Globalization;
using NetMon.Foundation;

namespace NetMon.Parquet.Reading;

/// <summary>Verifies a file's checksums, and compares the headers of pages with its footer. Files without checksums pass.</summary>
public static class FileVerification
{
    /// <summary>Bytes read at a time for verification.</summary>
    private const int VerifiedBytes = 256 << 10;

    /// <summary>Room for the headers of a chunk's pages, and for a small dictionary between them.</summary>
    private const int HeaderBytes = 2048;

    /// <summary>Reads and verifies all bytes of a row group.</summary>
    /// <exception cref="DamagedFileException">The row group is corrupt.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static void Verify(this ParquetFile file, int group)
    {
        var chunks = file.RowGroups[group].Chunks;
        var pages = chunks[0].Pages.Begin;
        Verify(file, Checksums.PagesKey, group, pages, chunks[^1].Pages.Begin + chunks[^1].Pages.Compressed - pages);
        VerifyFilters(file, group);
    }

    /// <summary>
    /// Verifies what readers do not check themselves: the headers of pages against the footer, and Bloom filters against their checksums. The bodies of
    /// pages have Zstd checksums.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="isRead">Whether a column is read; others are skipped.</param>
    /// <exception cref="DamagedFileException">A checked part is corrupt.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static void VerifyHeaders(this ParquetFile file, Func<string, bool> isRead)
    {
        if (!file.Metadata.ContainsKey(Checksums.PagesKey))
        {
            return;
        }

        var columns = Enumerable.Range(0, file.Columns.Count).Where(column => isRead(file.Columns[column].Name)).ToArray();
        Span<byte> bytes = stackalloc byte[HeaderBytes];
        for (var group = 0; group < file.RowGroups.Count; group++)
        {
            var hasFilter = false;
            foreach (var column in columns)
            {
                var chunk = file.RowGroups[group].Chunks[column];
                VerifyHeaders(file, chunk.Pages, bytes);
                hasFilter |= chunk.FilterAt >= 0;
            }

            if (hasFilter)
            {
                VerifyFilters(file, group);
            }
        }
    }

    private static void VerifyHeaders(ParquetFile file, in ColumnChunk pages, Span<byte> bytes)
    {
        var dictionaryBytes = pages.DataAt - pages.Begin;
        var dataBytes = (int)Math.Min(ChunkHeaders.MostBytes, pages.Begin + pages.Compressed - pages.DataAt);
        if (dictionaryBytes + dataBytes <= bytes.Length)
        {
            var both = bytes[..((int)dictionaryBytes + dataBytes)];
            file.Read(pages.Begin, both);
            ChunkHeaders.Read(in pages, both, both[(int)dictionaryBytes..]);
            return;
        }

        var dictionary = bytes[..(int)Math.Min(ChunkHeaders.MostBytes, dictionaryBytes)];
        file.Read(pages.Begin, dictionary);
        var data = bytes.Slice(dictionary.Length, dataBytes);
        file.Read(pages.DataAt, data);
        ChunkHeaders.Read(in pages, dictionary, data);
    }

    private static void VerifyFilters(ParquetFile file, int group)
    {
        var filters = file.RowGroups[group].Chunks.Where(chunk => chunk.FilterAt >= 0).ToList();
        if (filters.Count > 0)
        {
            Verify(file, Checksums.FiltersKey, group, filters[0].FilterAt, filters[^1].FilterAt + filters[^1].FilterLength - filters[0].FilterAt);
        }
    }

    private static void Verify(ParquetFile file, string key, int group, long at, long length)
    {
        if (!file.Metadata.TryGetValue(key, out var checksums))
        {
            return;
        }

        if (checksums.Length != Checksums.Digits * file.RowGroups.Count
            || !uint.TryParse(checksums.AsSpan(Checksums.Digits * group, Checksums.Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var expected))
        {
            throw new DamagedFileException($"{key} has not eight digits for each row group");
        }

        var buffer = ArrayPool<byte>.Shared.Rent(VerifiedBytes);
        var crc = Crc32C.Empty;
        try
        {
            while (length > 0)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(length, buffer.Length));
                file.Read(at, part);
                crc = Crc32C.Append(crc, part);
                (at, length) = (at + part.Length, length - part.Length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (crc != expected)
        {
            throw new DamagedFileException($"the checksum of row group {group} differs from {key}");
        }
    }
}
