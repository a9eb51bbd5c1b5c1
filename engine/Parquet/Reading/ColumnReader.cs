using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace NetMon.Parquet.Reading;

/// <summary>
/// Decodes the columns of row groups written by <see cref="RowGroupWriter"/>, one at a time, into reused buffers. Results are valid until the next
/// <see cref="Read"/>. Not thread-safe.
/// </summary>
public sealed class ColumnReader : IDisposable
{
    /// <summary>Bounds memory; more rows than any of our row groups has.</summary>
    private const int MostRows = 1 << 21;

    private readonly PageReader _pages = new();
    private readonly Presence _presence = new();
    private long[] _numbers = [];
    private long[] _dictionary = [];
    private uint[] _indices = [];
    private int _values;

    /// <summary>Whether it is a column of texts.</summary>
    public bool IsText { get; private set; }

    /// <summary>Which rows have a value; null: all.</summary>
    public Presence? Presence { get; private set; }

    /// <summary>The values of the rows that have one: numbers, times in microseconds, flags as 1 and 0. Empty for texts.</summary>
    public ReadOnlySpan<long> Numbers => _numbers.AsSpan(0, IsText ? 0 : _values);

    /// <summary>The texts of the rows that have one, as indices into <see cref="Texts"/>. Empty for other columns.</summary>
    public ReadOnlySpan<uint> Indices => _indices.AsSpan(0, IsText ? _values : 0);

    /// <summary>The dictionary of a column of texts.</summary>
    public PlainTexts Texts { get; } = new();

    /// <summary>Returns the row of a value, given its index in <see cref="Numbers"/> or <see cref="Indices"/>.</summary>
    public int RowOf(int value) => Presence is { } presence ? presence.Rows[value] : value;

    /// <summary>Decodes a column.</summary>
    /// <exception cref="DamagedFileException">The column is corrupt, or not stored in the way that our files are.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public void Read(ParquetFile file, int group, int column)
    {
        var chunk = file.RowGroups[group].Chunks[column].Pages;
        try
        {
            Decode(file, in chunk);
        }
        catch (DamagedFileException e) when (!e.Message.StartsWith(chunk.Column.Name, StringComparison.Ordinal))
        {
            throw new DamagedFileException($"{chunk.Column.Name}: {e.Message}", e);
        }
    }

    public void Dispose() => _pages.Dispose();

    private void Decode(ParquetFile file, in ColumnChunk chunk)
    {
        if (chunk.Rows > MostRows)
        {
            throw new DamagedFileException($"a row group of {chunk.Rows} rows");
        }

        (_values, IsText) = (0, chunk.Column.Kind == ColumnKind.Text);
        Texts.Clear();
        _pages.Load(file, in chunk);
        if (IsText)
        {
            ReadTexts(in chunk);
        }
        else
        {
            ReadNumbers(in chunk);
        }
    }

    private void ReadTexts(in ColumnChunk chunk)
    {
        if (_pages.HasDictionary)
        {
            ReadDictionaryTexts(_pages.Dictionary(), _pages.DictionaryValues);
        }

        var data = Levels(_pages.Data(), in chunk);
        if (chunk.Encoding == Format.RleDictionary)
        {
            ReadIndices(data, Texts.Count);
        }
        else if (_values > 0 || !data.IsEmpty || chunk.Encoding != Format.Plain)
        {
            throw Unknown(in chunk);
        }
    }

    private void ReadNumbers(in ColumnChunk chunk)
    {
        var width = chunk.Column.Width;
        var dictionary = Span<long>.Empty;
        if (_pages.HasDictionary)
        {
            var count = Math.Min(_pages.DictionaryValues, chunk.Rows);
            Reserve(ref _dictionary, count);
            dictionary = _dictionary.AsSpan(0, count);
            PlainDecoding.Numbers(_pages.Dictionary(), dictionary, width);
        }

        var data = Levels(_pages.Data(), in chunk);
        Reserve(ref _numbers, _values);
        var numbers = _numbers.AsSpan(0, _values);
        switch (chunk.Column.Kind, chunk.Encoding)
        {
            case (ColumnKind.Boolean, Format.Plain):
                PlainDecoding.Flags(data, numbers);
                break;
            case (ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Timestamp, Format.Plain):
                PlainDecoding.Numbers(data, numbers, width);
                break;
            case (ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Timestamp, Format.DeltaBinaryPacked):
                DeltaDecoding.Read(data, numbers, width);
                break;
            case (ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Timestamp, Format.RleDictionary):
                ReadIndices(data, dictionary.Length);
                for (var row = 0; row < numbers.Length; row++)
                {
                    numbers[row] = dictionary[(int)_indices[row]];
                }

                break;
            default:
                throw Unknown(in chunk);
        }
    }

    /// <summary>Reads the definition levels; returns the rest of the page.</summary>
    private ReadOnlySpan<byte> Levels(ReadOnlySpan<byte> page, in ColumnChunk chunk)
    {
        (Presence, _values) = (null, chunk.Rows);
        if (chunk.Column.IsOptional)
        {
            if (page.Length < sizeof(int) || BinaryPrimitives.ReadUInt32LittleEndian(page) > page.Length - sizeof(int))
            {
                throw new DamagedFileException("the definition levels go beyond their page");
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(page);
            Reserve(ref _indices, chunk.Rows);
            var present = _indices.AsSpan(0, chunk.Rows); // not in use yet
            RunDecoding.Read(page.Slice(sizeof(int), length), present, width: 1);
            _presence.Settle(present);
            (Presence, _values) = (_presence, _presence.Count);
            page = page[(sizeof(int) + length)..];
        }

        return _values == chunk.Rows - chunk.Nulls ? page : throw new DamagedFileException($"{chunk.Rows - _values} nulls instead of {chunk.Nulls}");
    }

    private void ReadIndices(ReadOnlySpan<byte> data, int count)
    {
        if (data.IsEmpty)
        {
            throw new DamagedFileException("the indices are missing");
        }

        Reserve(ref _indices, _values);
        var indices = _indices.AsSpan(0, _values);
        RunDecoding.Read(data[1..], indices, data[0]);
        var most = Most(indices);
        if (most >= count && _values > 0)
        {
            throw new DamagedFileException($"index {most} in a dictionary of {count}");
        }
    }

    private static uint Most(ReadOnlySpan<uint> numbers)
    {
        var most = 0u;
        var vectors = MemoryMarshal.Cast<uint, Vector<uint>>(numbers);
        var vector = Vector<uint>.Zero;
        foreach (var next in vectors)
        {
            vector = Vector.Max(vector, next);
        }

        for (var lane = 0; lane < Vector<uint>.Count; lane++)
        {
            most = Math.Max(most, vector[lane]);
        }

        foreach (var number in numbers[(vectors.Length * Vector<uint>.Count)..])
        {
            most = Math.Max(most, number);
        }

        return most;
    }

    private void ReadDictionaryTexts(ReadOnlySpan<byte> bytes, int count)
    {
        for (; count > 0; count--)
        {
            if (bytes.Length < sizeof(int) || BinaryPrimitives.ReadUInt32LittleEndian(bytes) > bytes.Length - sizeof(int))
            {
                throw new DamagedFileException("a text goes beyond its dictionary");
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            Texts.Add(bytes.Slice(sizeof(int), length));
            bytes = bytes[(sizeof(int) + length)..];
        }

        if (!bytes.IsEmpty)
        {
            throw new DamagedFileException($"{bytes.Length} bytes follow the last text");
        }
    }

    private static void Reserve<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new T[length];
        }
    }

    private static DamagedFileException Unknown(in ColumnChunk chunk) => new($"NetMon stores no such column with the encoding {chunk.Encoding}");
}
