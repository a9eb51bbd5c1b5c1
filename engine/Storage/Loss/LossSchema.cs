using System.IO.Compression;
using Parquet;
using Parquet.Schema;

namespace NetMon.Storage.Loss;

/// <summary>The columns of a file of losses; <c>schemas/loss.md</c> documents them.</summary>
internal static class LossSchema
{
    /// <summary>The value of <c>netmon.loss_schema_version</c>.</summary>
    public const string Version = "1";

    public static readonly DataField From = new("from", typeof(long), isNullable: false, isArray: false);
    public static readonly DataField To = new("to", typeof(long), isNullable: false, isArray: false);
    public static readonly DataField Node = Text("node");
    public static readonly DataField Stage = Text("stage");
    public static readonly DataField Reason = Text("reason");
    public static readonly DataField Count = new("count", typeof(long), isNullable: true, isArray: false);
    public static readonly ParquetSchema Schema = new(From, To, Node, Stage, Reason, Count);

    public static readonly ParquetOptions WriterOptions = new()
    {
        CompressionMethod = CompressionMethod.Zstd,
        CompressionLevel = CompressionLevel.Fastest,
        DictionaryEncodingThreshold = 1.0,
    };

    private static DataField Text(string name) => new(name, typeof(ReadOnlyMemory<char>), isNullable: false, isArray: false);
}
