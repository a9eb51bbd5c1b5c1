using System.Buffers;
using NetMon.Parquet.Reading;

namespace NetMon.Parquet;

/// <summary>
/// Writes the column chunks of a row group in column order, each as a data page with or without a dictionary, and describes them for the footer.
/// Memory is reused. Not thread-safe.
/// </summary>
public sealed class RowGroupWriter : IDisposable
{
    /// <summary>The number of distinct numbers up to which a dictionary is always used.</summary>
    private const int FewNumbers = 256;

    private const int CopyBytes = 256 << 10;

    private readonly PageWriter _pages = new();
    private readonly RowGroupDescription _description = new();
    private readonly DistinctValues<long> _distinct = new();
    private readonly ArrayBufferWriter<byte> _packed = new();
    private uint[] _indices = [];
    private byte[]? _copy;
    private BufferedFile _stream = null!;
    private IReadOnlyList<ColumnDefinition> _columns = [];
    private int _written;

    /// <summary>The footer's description of the row group, after <see cref="End"/>.</summary>
    public ReadOnlySpan<byte> Description => _description.Written;

    /// <summary>CRC-32C of its pages, after <see cref="End"/>.</summary>
    internal uint PagesChecksum => _description.PagesChecksum;

    /// <summary>CRC-32C of its Bloom filters, after <see cref="End"/>.</summary>
    internal uint FiltersChecksum => _description.FiltersChecksum;

    /// <summary>The number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Begins a row group.</summary>
    /// <param name="stream">The file; borrowed until <see cref="End"/>.</param>
    /// <param name="rows">The number of values per column, including nulls.</param>
    /// <param name="columns">The columns, in order.</param>
    public void Begin(BufferedFile stream, int rows, IReadOnlyList<ColumnDefinition> columns)
    {
        (_stream, Rows, _columns, _written) = (stream, rows, columns, 0);
        if (_indices.Length < rows)
        {
            _indices = new uint[rows];
        }

        _description.Begin(stream);
    }

    /// <summary>
    /// Writes a numeric column: with a dictionary if that is smaller, else plain or as deltas, according to the column's declaration. Times are always
    /// plain, because some readers support no other encoding for them.
    /// </summary>
    /// <param name="column">The column.</param>
    /// <param name="values">The values of the rows that have one, within the column's range.</param>
    /// <param name="presence">Which rows have a value; null: all.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void WriteNumbers(ColumnDefinition column, ReadOnlySpan<long> values, Presence? presence)
    {
        var dictionaryAt = -1L;
        var begin = Start(column);
        var isTime = column.Kind == ColumnKind.Timestamp;
        var encoding = values.IsEmpty || isTime || column.IsPlain ? Format.Plain : Format.DeltaBinaryPacked;
        var bounds = default(ColumnBounds);
        if (!values.IsEmpty)
        {
            _distinct.Clear();
            if (!isTime && _distinct.TryIndex(values, _indices, column.IsPlain ? FewNumbers : values.Length / 2 + FewNumbers) && IsDictionaryShorter(column, values))
            {
                (dictionaryAt, encoding) = (begin, Format.RleDictionary);
                WriteDictionary(column);
                bounds = ColumnBounds.Of(_distinct.Values);
            }
            else
            {
                bounds = ColumnBounds.Of(values);
            }
        }

        var at = _stream.Position;
        var page = _pages.NewPage(presence);
        if (encoding == Format.RleDictionary)
        {
            WriteIndices(page, _indices.AsSpan(0, values.Length), _distinct.Count);
        }
        else if (encoding == Format.DeltaBinaryPacked)
        {
            DeltaEncoding.Write(page, values, column.Width);
        }
        else
        {
            PlainNumbers.Write(page, values, column.Width);
        }

        _pages.WriteData(_stream, Rows, encoding);
        Span<byte> least = stackalloc byte[sizeof(long)];
        Span<byte> greatest = stackalloc byte[sizeof(long)];
        Describe(
            column, encoding, values.Length, begin, at, dictionaryAt, ColumnBounds.Bytes(bounds.Least, column.Width, least),
            ColumnBounds.Bytes(bounds.Greatest, column.Width, greatest));
    }

    /// <summary>Writes a column of texts with its dictionary.</summary>
    /// <param name="column">The column.</param>
    /// <param name="indices">Dictionary indices of the rows that have a value.</param>
    /// <param name="texts">The dictionary; each text must be used by a row.</param>
    /// <param name="presence">Which rows have a value; null: all.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void WriteTexts(ColumnDefinition column, ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence)
    {
        var begin = Start(column);
        if (indices.IsEmpty)
        {
            _pages.NewPage(presence);
            _pages.WriteData(_stream, Rows, Format.Plain);
            Describe(column, Format.Plain, 0, begin, begin, -1, [], []);
            return;
        }

        _pages.NewPage().Write(texts.Bytes);
        _pages.WriteDictionary(_stream, texts.Count);
        var at = _stream.Position;
        WriteIndices(_pages.NewPage(presence), indices, texts.Count);
        _pages.WriteData(_stream, Rows, Format.RleDictionary);
        Describe(column, Format.RleDictionary, indices.Length, begin, at, begin, texts.Least, texts.Greatest, column.IsSearched ? texts : null);
    }

    /// <summary>Writes a column of flags, which are true or null.</summary>
    /// <param name="column">The column.</param>
    /// <param name="presence">Which rows are true.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void WriteFlags(ColumnDefinition column, Presence presence)
    {
        var begin = Start(column);
        var page = _pages.NewPage(presence);
        for (var left = presence.Count; left > 0; left -= 8)
        {
            page.GetSpan(1)[0] = (byte)((1 << Math.Min(left, 8)) - 1); // PLAIN: one bit each, lowest first
            page.Advance(1);
        }

        _pages.WriteData(_stream, Rows, Format.Plain);
        Describe(column, Format.Plain, presence.Count, begin, begin, -1, [1], [1]);
    }

    /// <summary>Copies a column of another file, with its Bloom filter.</summary>
    /// <param name="column">The column.</param>
    /// <param name="source">The file.</param>
    /// <param name="chunk">The chunk in that file, which must have the same number of rows.</param>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    internal void Copy(ColumnDefinition column, ParquetFile source, in StoredChunk chunk)
    {
        var begin = Start(column);
        _copy ??= new byte[CopyBytes];
        for (var (at, left) = (chunk.Pages.Begin, chunk.Pages.Compressed); left > 0;)
        {
            var part = _copy.AsSpan(0, (int)Math.Min(left, _copy.Length));
            source.Read(at, part);
            _stream.Write(part);
            (at, left) = (at + part.Length, left - part.Length);
        }

        var filter = chunk.FilterAt < 0 ? [] : new byte[chunk.FilterLength];
        source.Read(chunk.FilterAt, filter);
        var moved = chunk.Pages with
        {
            Column = column,
            Begin = begin,
            DataAt = chunk.Pages.DataAt - chunk.Pages.Begin + begin,
            DictionaryAt = chunk.Pages.DictionaryAt < 0 ? -1 : begin,
        };
        _description.AddCopied(in moved, chunk.Least.Span, chunk.Greatest.Span, filter);
    }

    /// <summary>Ends the row group and writes the Bloom filters of its columns.</summary>
    /// <param name="ordinal">The index of the row group in the file.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void End(int ordinal)
    {
        if (_written != _columns.Count)
        {
            throw new InvalidOperationException($"{_columns[_written].Name} and the columns after it are missing");
        }

        _description.End(_stream, Rows, ordinal);
        _stream = null!;
    }

    public void Dispose() => _pages.Dispose();

    private long Start(ColumnDefinition column)
    {
        if (_columns[_written++] != column)
        {
            throw new InvalidOperationException($"{column.Name} is not the next column");
        }

        _pages.Begin();
        return _stream.Position;
    }

    /// <summary>Compares the sizes of both before compression.</summary>
    private bool IsDictionaryShorter(ColumnDefinition column, ReadOnlySpan<long> values)
    {
        if (_distinct.Count <= FewNumbers)
        {
            return true;
        }

        _packed.ResetWrittenCount();
        DeltaEncoding.Write(_packed, values, column.Width);
        return (long)_distinct.Count * column.Width + (long)values.Length * RunEncoding.WidthOf(_distinct.Count - 1) / 8 < _packed.WrittenCount;
    }

    private void WriteDictionary(ColumnDefinition column)
    {
        PlainNumbers.Write(_pages.NewPage(), _distinct.Values, column.Width);
        _pages.WriteDictionary(_stream, _distinct.Count);
    }

    private static void WriteIndices(ArrayBufferWriter<byte> page, ReadOnlySpan<uint> indices, int count)
    {
        var width = RunEncoding.WidthOf(count - 1);
        page.GetSpan(1)[0] = (byte)width;
        page.Advance(1);
        RunEncoding.Write(page, indices, width);
    }

    private void Describe(
        ColumnDefinition column, int encoding, int values, long begin, long dataAt, long dictionaryAt, ReadOnlySpan<byte> least, ReadOnlySpan<byte> greatest,
        PlainTexts? searched = null) => _description.Add(
            new ColumnChunk(column, encoding, Rows, Rows - values, begin, dataAt, dictionaryAt, _pages.Written.Uncompressed, _pages.Written.Compressed),
            least, greatest, searched);
}
