namespace NetMon.Parquet;

/// <summary>Constants of the format, from parquet.thrift of apache/parquet-format 2.11.</summary>
internal static class Format
{
    /// <summary>The first and the last four bytes of a file.</summary>
    public static ReadOnlySpan<byte> Magic => "PAR1"u8;

    public const int Version = 2;

    public const int TypeBoolean = 0;
    public const int TypeInt32 = 1;
    public const int TypeInt64 = 2;
    public const int TypeByteArray = 6;

    public const int Required = 0;
    public const int Optional = 1;

    public const int ConvertedUtf8 = 0;

    public const int Plain = 0;
    public const int Rle = 3;
    public const int DeltaBinaryPacked = 5;
    public const int RleDictionary = 8;

    public const int Zstd = 6;

    public const int DataPage = 0;
    public const int DictionaryPage = 2;
}
