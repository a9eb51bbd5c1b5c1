using System.IO.Compression;
using Parquet;
using Parquet.Schema;

namespace NetMon.Storage.Columns;

/// <summary>
/// The columns of a capture file, in their order, and how they are encoded. <c>schemas/parquet.md</c> documents them.
/// </summary>
internal static class CaptureSchema
{
    /// <summary>The value of <c>netmon.schema_version</c>; raised when a column changes its name, type or meaning.</summary>
    public const int Version = 1;

    /// <summary>
    /// Microseconds since 1970 in UTC. Declared as a plain integer because the library packs no DateTime as deltas;
    /// <see cref="RowGroupMetadata"/> makes it the TIMESTAMP that readers see.
    /// </summary>
    public static readonly DataField Timestamp = Required<long>("timestamp");
    public static readonly DataField Node = Required<ReadOnlyMemory<char>>("node");
    public static readonly DataField Type = Required<ReadOnlyMemory<char>>("type");
    public static readonly DataField Protocol = Required<ReadOnlyMemory<char>>("protocol");
    public static readonly DataField SourceAddress = Required<ReadOnlyMemory<char>>("src_ip");
    public static readonly DataField SourcePort = Required<int>("src_port");
    public static readonly DataField DestinationAddress = Required<ReadOnlyMemory<char>>("dst_ip");
    public static readonly DataField DestinationPort = Required<int>("dst_port");
    public static readonly DataField Pid = Required<uint>("pid");
    public static readonly DataField Process = Required<ReadOnlyMemory<char>>("process");
    public static readonly DataField NetworkNamespace = Required<uint>("netns");
    public static readonly DataField ContainerId = Optional<ReadOnlyMemory<char>>("container_id");
    public static readonly DataField PodName = Optional<ReadOnlyMemory<char>>("pod_name");
    public static readonly DataField PodNamespace = Optional<ReadOnlyMemory<char>>("pod_namespace");
    public static readonly DataField ContainerName = Optional<ReadOnlyMemory<char>>("container_name");
    public static readonly DataField PodUid = Optional<ReadOnlyMemory<char>>("pod_uid");
    public static readonly DataField Image = Optional<ReadOnlyMemory<char>>("image");
    public static readonly DataField Direction = Required<ReadOnlyMemory<char>>("direction");
    public static readonly DataField Uid = Required<uint>("uid");
    public static readonly DataField CgroupId = Required<ulong>("cgroup_id");
    public static readonly DataField Result = Optional<ReadOnlyMemory<char>>("result");
    public static readonly DataField Error = Optional<int>("errno");
    public static readonly DataField Latency = Optional<long>("latency_us");
    public static readonly DataField Duration = Optional<long>("duration_us");
    public static readonly DataField BytesSent = Optional<ulong>("bytes_sent");
    public static readonly DataField BytesReceived = Optional<ulong>("bytes_received");
    public static readonly DataField SmoothedRtt = Optional<uint>("rtt_us");
    public static readonly DataField Retransmits = Optional<uint>("retransmits");
    public static readonly DataField Reason = Optional<ReadOnlyMemory<char>>("reason");

    public static readonly ParquetSchema Schema = new(
        Timestamp, Node, Type, Protocol, SourceAddress, SourcePort, DestinationAddress, DestinationPort, Pid, Process,
        NetworkNamespace, ContainerId, PodName, PodNamespace, ContainerName, PodUid, Image, Direction, Uid, CgroupId, Result,
        Error, Latency, Duration, BytesSent, BytesReceived, SmoothedRtt, Retransmits, Reason);

    public static readonly ParquetOptions WriterOptions = CreateWriterOptions();

    private static ParquetOptions CreateWriterOptions()
    {
        var options = new ParquetOptions
        {
            CompressionMethod = CompressionMethod.Zstd,
            CompressionLevel = CompressionLevel.Optimal,

            // Always a dictionary for text: a column of all-different values costs little more that way, and one
            // whose share of different values wavers around a threshold would change its encoding from group to group.
            DictionaryEncodingThreshold = 1.0,

            // The library's page buffers are pooled for the whole process. A page of the default row group is 256 KiB
            // of numbers, or a little more of text; without bounds the pools grow to 400-500 MB.
            MaximumSmallPoolFreeBytes = 2 << 20,
            MaximumLargePoolFreeBytes = 4 << 20,
        };

        foreach (var field in Schema.DataFields)
        {
            if (field.ClrType == typeof(ReadOnlyMemory<char>))
            {
                options.ColumnEncodingHints[field.Path.ToString()] = EncodingHint.Dictionary;
            }
        }

        options.ColumnEncodingHints[Timestamp.Path.ToString()] = EncodingHint.DeltaBinaryPacked;
        return options;
    }

    private static DataField Required<T>(string name) => new(name, typeof(T), isNullable: false, isArray: false);

    private static DataField Optional<T>(string name) => new(name, typeof(T), isNullable: true, isArray: false);
}
