using System.Buffers;
using NetMon.Foundation;

namespace NetMon.Parquet;

/// <summary>
/// Builds the footer's description of a row group, and the Bloom filters that follow the row group. Memory is reused.
/// </summary>
internal sealed class RowGroupDescription
{
    private readonly List<(ColumnChunk Chunk, Range Least, Range Greatest, Range Filter)> _chunks = [];
    private readonly ArrayBufferWriter<byte> _bounds = new();
    private readonly ArrayBufferWriter<byte> _filters = new();
    private readonly CompactThrift _header = new();
    private readonly CompactThrift _group = new();
    private long _begin;

    /// <summary>The description, after <see cref="End"/>.</summary>
    public ReadOnlySpan<byte> Written => _group.Written;

    /// <summary>CRC-32C of the row group's pages, after <see cref="End"/>.</summary>
    public uint PagesChecksum { get; private set; }

    /// <summary>CRC-32C of its Bloom filters, after <see cref="End"/>.</summary>
    public uint FiltersChecksum { get; private set; }

    /// <summary>Begins a row group at the end of the file.</summary>
    public void Begin(BufferedFile stream)
    {
        stream.ResetChecksum();
        _begin = stream.Position;
        _chunks.Clear();
        _bounds.ResetWrittenCount();
        _filters.ResetWrittenCount();
    }

    /// <summary>Adds the next column.</summary>
    /// <param name="chunk">The chunk as written.</param>
    /// <param name="least">The minimum, as stored; empty if all values are null.</param>
    /// <param name="greatest">The maximum, as stored.</param>
    /// <param name="searched">The texts for its Bloom filter; null: no filter.</param>
    public void Add(in ColumnChunk chunk, ReadOnlySpan<byte> least, ReadOnlySpan<byte> greatest, PlainTexts? searched) =>
        _chunks.Add((chunk, Keep(least), Keep(greatest), searched is null ? default : Filter(searched)));

    /// <summary>Adds the next column with a copied Bloom filter, header and bits; empty: no filter.</summary>
    public void AddCopied(in ColumnChunk chunk, ReadOnlySpan<byte> least, ReadOnlySpan<byte> greatest, ReadOnlySpan<byte> filter)
    {
        var from = _filters.WrittenCount;
        _filters.Write(filter);
        _chunks.Add((chunk, Keep(least), Keep(greatest), from.._filters.WrittenCount));
    }

    /// <summary>Writes the filters to the file, and completes the description.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void End(BufferedFile stream, int rows, int ordinal)
    {
        var end = stream.Position;
        PagesChecksum = stream.Checksum;
        FiltersChecksum = Crc32C.Of(_filters.WrittenSpan);
        stream.Write(_filters.WrittenSpan);
        _group.Clear();
        _group.Structs(1, _chunks.Count);
        var uncompressed = 0L;
        foreach (var (chunk, least, greatest, filter) in _chunks)
        {
            uncompressed += chunk.Uncompressed;
            Describe(in chunk, _bounds.WrittenSpan[least], _bounds.WrittenSpan[greatest], filter, end);
        }

        _group.Int64(2, uncompressed);
        _group.Int64(3, rows);
        _group.Int64(5, _begin);
        _group.Int64(6, end - _begin);
        if (ordinal <= short.MaxValue)
        {
            _group.Int16(7, (short)ordinal);
        }

        _group.End();
    }

    private void Describe(in ColumnChunk chunk, ReadOnlySpan<byte> least, ReadOnlySpan<byte> greatest, Range filter, long filtersAt)
    {
        _group.Element();
        _group.Int64(2, chunk.Begin);
        _group.Struct(3);
        _group.Int32(1, FileFooter.TypeOf(chunk.Column.Kind));
        if (chunk.DictionaryAt >= 0)
        {
            _group.Int32s(2, Format.Plain, Format.Rle, chunk.Encoding);
        }
        else
        {
            _group.Int32s(2, Format.Rle, chunk.Encoding);
        }

        _group.Texts(3, chunk.Column.Name);
        _group.Int32(4, Format.Zstd);
        _group.Int64(5, chunk.Rows);
        _group.Int64(6, chunk.Uncompressed);
        _group.Int64(7, chunk.Compressed);
        _group.Int64(9, chunk.DataAt);
        if (chunk.DictionaryAt >= 0)
        {
            _group.Int64(11, chunk.DictionaryAt);
        }

        _group.Struct(12);
        _group.Int64(3, chunk.Nulls);
        if (chunk.Nulls < chunk.Rows)
        {
            _group.Binary(5, greatest);
            _group.Binary(6, least);
            _group.Bool(7, true); // the bounds are exact, not truncated
            _group.Bool(8, true);
        }

        _group.End();
        var (at, length) = filter.GetOffsetAndLength(_filters.WrittenCount);
        if (length > 0)
        {
            _group.Int64(14, filtersAt + at);
            _group.Int32(15, length);
        }

        _group.End();
        _group.End();
    }

    private Range Keep(ReadOnlySpan<byte> bytes)
    {
        var from = _bounds.WrittenCount;
        _bounds.Write(bytes);
        return from.._bounds.WrittenCount;
    }

    private Range Filter(PlainTexts texts)
    {
        var from = _filters.WrittenCount;
        _header.Clear();
        _header.Int32(1, BloomFilter.Length(texts.Count));
        for (var field = 2; field <= 4; field++)
        {
            _header.Struct(field); // algorithm: split block; hash: XXH64; compression: none
            _header.Empty(1);
            _header.End();
        }

        _header.End();
        _filters.Write(_header.Written);
        BloomFilter.Write(_filters, texts);
        return from.._filters.WrittenCount;
    }
}
