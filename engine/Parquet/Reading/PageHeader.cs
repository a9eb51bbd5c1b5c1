namespace NetMon.Parquet.Reading;

/// <summary>The header of a page (PageHeader of parquet.thrift).</summary>
/// <param name="Type">Dictionary or data.</param>
/// <param name="Uncompressed">Size of the body before compression, in bytes.</param>
/// <param name="Compressed">Size of the body, in bytes.</param>
/// <param name="Values">Number of values, for data including nulls.</param>
/// <param name="Encoding">The encoding of the values.</param>
/// <param name="LevelEncoding">The encoding of the definition levels; for a dictionary, RLE.</param>
/// <param name="Length">Size of the header itself, in bytes.</param>
internal readonly record struct PageHeader(int Type, int Uncompressed, int Compressed, int Values, int Encoding, int LevelEncoding, int Length)
{
    /// <exception cref="DamagedFileException">The header is malformed.</exception>
    public static PageHeader Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactThriftReader(bytes);
        var header = new PageHeader(-1, -1, -1, -1, -1, -1, 0);
        for (var field = 0; reader.TryField(ref field, out var type);)
        {
            switch (field)
            {
                case 1:
                    header = header with { Type = reader.Int32(type) };
                    break;
                case 2:
                    header = header with { Uncompressed = reader.Int32(type) };
                    break;
                case 3:
                    header = header with { Compressed = reader.Int32(type) };
                    break;
                case 5 or 7:
                    CompactThriftReader.Struct(type);
                    header = ReadBody(ref reader, header, isData: field == 5);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return header with { Length = reader.Position };
    }

    private static PageHeader ReadBody(ref CompactThriftReader reader, PageHeader header, bool isData)
    {
        var levels = isData ? -1 : Format.Rle;
        for (var field = 0; reader.TryField(ref field, out var type);)
        {
            switch (field)
            {
                case 1:
                    header = header with { Values = reader.Int32(type) };
                    break;
                case 2:
                    header = header with { Encoding = reader.Int32(type) };
                    break;
                case 3 when isData:
                    levels = reader.Int32(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return header with { LevelEncoding = levels };
    }
}
